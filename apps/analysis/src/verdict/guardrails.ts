import type { AnalysisPlan, Comparison, GuardResult, MetricResult, RecordedLook } from '@assay/contracts';
import { effect, evidence, gain, percent, sentence, short, shortP, signed } from './sentences.js';

interface GuardrailFinding {
  readonly variantKey: string;
  readonly reason: string;
}

/** What the guardrails say about the treatments. */
export interface GuardrailFindings {
  /** Variants that harm a guardrail, with the sentence that says so. */
  readonly harmed: readonly GuardrailFinding[];
  /** Variants of which a margin is not shown to be kept yet, be it that nothing can be computed. */
  readonly unproven: readonly GuardrailFinding[];
}

export function guardrailFindings(metrics: readonly MetricResult[], analysis: AnalysisPlan): GuardrailFindings {
  const told = metrics.flatMap((metric) => metric.comparisons.map((comparison) => ({ metric, comparison })));
  return {
    harmed: told
      .filter(({ metric, comparison }) => metric.role === 'guardrail' && isHarmed(metric, comparison))
      .map(({ metric, comparison }) => ({
        variantKey: comparison.variantKey,
        reason: `Guardrail harmed: ${sentence(metric, comparison, 'worse than', harmEvidence(metric, comparison))}`,
      })),
    unproven: told.flatMap(({ metric, comparison }) => {
      const { guard, variantKey } = comparison;
      if (guard === null || guard.margin === null || guard.nonInferior === true) return [];
      return [{ variantKey, reason: marginSentence(metric, comparison, guard, guard.margin, analysis) }];
    }),
  };
}

/** The Bayesian view has to show the harm itself; under the others harm has a test of its own, as often valid as they are. */
function isHarmed(metric: MetricResult, comparison: Comparison): boolean {
  const { guard, decidedBy, decisive } = comparison;
  if (guard?.nonInferior === true) return false;
  if (decidedBy === 'bayesian') return decisive === true && gain(metric, comparison) < 0;
  return guard?.harmed === true;
}

function harmEvidence(metric: MetricResult, comparison: Comparison): string {
  const { guard, decidedBy, sequential } = comparison;
  if (decidedBy === 'bayesian' || guard === null) return evidence(comparison);
  if (guard.harmPValue !== null) {
    const always = guard.method === 'none' ? '' : 'always-valid ';
    return `${always}p of harm = ${shortP(guard.harmPValue)}`;
  }
  const look = sequential?.recordedLooks.find((each) => isHarmfulLook(metric, each));
  if (look === undefined) return evidence(comparison);
  return `z = ${signed(look.statistic)} against the boundary ${short(look.criticalValue ?? NaN)} of look ${look.look} (${guard.method})`;
}

const isHarmfulLook = ({ lowerIsBetter }: MetricResult, { statistic, criticalValue }: RecordedLook): boolean =>
  criticalValue !== null && (lowerIsBetter ? statistic : -statistic) >= criticalValue;

function marginSentence(
  metric: MetricResult,
  comparison: Comparison,
  guard: GuardResult,
  margin: number,
  { alpha }: AnalysisPlan,
): string {
  const { variantKey, against, absolute } = comparison;
  const side = metric.lowerIsBetter ? 'above' : 'below';
  const told = [...(absolute === null ? [] : [effect(metric, comparison)]), unprovenBy(guard, alpha)].join(', ');
  const end = told.endsWith('.') ? '' : '.';
  return `${variantKey} is not shown to keep the margin of ${percent(margin)} ${side} ${against} on ${metric.name}: ${told}${end}`;
}

function unprovenBy({ refusal, method, nonInferiorityPValue }: GuardResult, alpha: number): string {
  if (refusal !== null) return refusal.message;
  if (nonInferiorityPValue === null) return `the interval of no look so far keeps it (${method})`;
  const always = method === 'none' ? '' : 'always-valid ';
  return `${always}p of non-inferiority = ${shortP(nonInferiorityPValue)} is not below ${alpha}`;
}
