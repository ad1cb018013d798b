import type { GuardResult, Metric } from '@assay/contracts';
import { guardrailHarm, nonInferiority } from '@assay/stats';
import type { ArmPair } from './adjusted-comparison.js';

/**
 * Whether a guardrail is harmed, and whether a margin, if the metric has one, is kept: one-sided tests at the plan's level.
 * Null for metrics that guard nothing, and while there is nothing to test with.
 */
export function guardView(metric: Metric, { control, treatment }: ArmPair, alpha: number): GuardResult | null {
  const { nonInferiorityMargin: margin, role, lowerIsBetter } = metric;
  if (role !== 'guardrail' && margin === null) return null;
  if (control.estimate === null || treatment.estimate === null) return null;
  const preferredDirection = lowerIsBetter ? 'decrease' : 'increase';
  const harm = guardrailHarm(control.estimate, treatment.estimate, preferredDirection, alpha);
  if (!harm.ok) return null;
  const kept =
    margin === null
      ? null
      : nonInferiority(control.estimate, treatment.estimate, { margin, preferredDirection, alpha });
  return {
    margin,
    nonInferior: kept?.ok === true ? kept.value.nonInferior : null,
    nonInferiorityPValue: kept?.ok === true ? kept.value.pValue : null,
    harmed: harm.value.harmed,
    harmPValue: harm.value.pValue,
  };
}
