import type { Alternative, EffectResult } from '../effect/effect-result.js';
import type { Outcome } from '../refusal.js';
import type { RatioCovariateSummary } from '../summary/ratio-covariate-summary.js';
import { adjustedEffect } from './adjusted-effect.js';
import { cupedRatioEstimate } from './cuped-ratio-estimate.js';

/**
 * Effect on a ratio of sums adjusted for the same ratio before exposure, by Welch's t on the adjusted per-unit variances.
 * Relative effects divide by the unadjusted ratio of control.
 *
 * Refuses what {@link cupedRatioEstimate} refuses, ZERO_VARIANCE, ZERO_BASELINE and ALPHA_OUT_OF_RANGE.
 */
export function cupedRatioEffect(
  control: RatioCovariateSummary,
  treatment: RatioCovariateSummary,
  differenceType: 'absolute' | 'relative',
  alpha: number,
  alternative: Alternative = 'two-sided',
): Outcome<EffectResult> {
  const arms = cupedRatioEstimate(control, treatment);
  return arms.ok ? adjustedEffect(arms.value, differenceType, alpha, alternative) : arms;
}
