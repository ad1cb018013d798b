import { effect } from '../effect/effect.js';
import type { Alternative, EffectResult } from '../effect/effect-result.js';
import type { Outcome } from '../refusal.js';
import { quantileEstimate } from './quantile-estimate.js';
import type { QuantileSummary } from './quantile-summary.js';

/**
 * Effect on a quantile (median time, 99th percentile of latency), absolute or relative, by Welch's t on the per-value
 * variances of {@link quantileEstimate}.
 *
 * Refuses what {@link quantileEstimate} and {@link effect} refuse, for either arm.
 */
export function quantileEffect(
  control: QuantileSummary,
  treatment: QuantileSummary,
  differenceType: 'absolute' | 'relative',
  alpha: number,
  alternative: Alternative = 'two-sided',
): Outcome<EffectResult> {
  const controlEstimate = quantileEstimate(control);
  if (!controlEstimate.ok) return controlEstimate;
  const treatmentEstimate = quantileEstimate(treatment);
  if (!treatmentEstimate.ok) return treatmentEstimate;
  return effect({
    control: controlEstimate.value,
    treatment: treatmentEstimate.value,
    differenceType,
    alpha,
    alternative,
  });
}
