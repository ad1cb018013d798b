import type { AnalysisPlan, Comparison, MetricResult } from '@assay/contracts';
import { effect, gain, sentence, shortP } from './sentences.js';

/** What the guardrails say about one treatment, or about all. */
export interface GuardrailFindings {
  /** Variants that harm a guardrail, with the sentence that says so. */
  readonly harmed: readonly { readonly variantKey: string; readonly reason: string }[];
  /** Variants of which a margin is not shown to be kept yet. */
  readonly unproven: readonly { readonly variantKey: string; readonly reason: string }[];
}

export function guardrailFindings(metrics: readonly MetricResult[], analysis: AnalysisPlan): GuardrailFindings {
  const told = metrics.flatMap((metric) => metric.comparisons.map((comparison) => ({ metric, comparison })));
  return {
    harmed: told
      .filter(({ metric, comparison }) => metric.role === 'guardrail' && isHarmed(metric, comparison, analysis))
      .map(({ metric, comparison }) => ({
        variantKey: comparison.variantKey,
        reason: `Guardrail harmed: ${sentence(metric, comparison, 'worse than')}`,
      })),
    unproven: told
      .filter(({ comparison: { guard } }) => guard !== null && guard.margin !== null && guard.nonInferior !== true)
      .map(({ metric, comparison }) => ({
        variantKey: comparison.variantKey,
        reason: marginSentence(metric, comparison),
      })),
  };
}

/**
 * A look that decides at a fixed horizon tests harm on one side. A view that may be looked at all the time has to show the
 * harm itself, unless it is one-sided and looks for improvements only.
 */
function isHarmed(metric: MetricResult, comparison: Comparison, { alternative }: AnalysisPlan): boolean {
  const { guard, decidedBy, decisive } = comparison;
  if (guard?.nonInferior === true) return false;
  if (decidedBy === 'fixed' || alternative === 'one-sided') return guard?.harmed === true;
  return decisive === true && gain(metric, comparison) < 0;
}

function marginSentence(metric: MetricResult, comparison: Comparison): string {
  const { guard, variantKey, against } = comparison;
  return `${variantKey} is not shown to keep the margin of ${(guard?.margin ?? 0) * 100} % below ${against} on ${metric.name}: ${effect(metric, comparison)}, p of non-inferiority = ${shortP(guard?.nonInferiorityPValue ?? null)}.`;
}
