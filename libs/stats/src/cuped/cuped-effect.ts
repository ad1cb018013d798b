import type { Alternative, EffectResult } from '../effect/effect-result.js';
import type { Outcome } from '../refusal.js';
import type { CovariateSummary } from '../summary/covariate-summary.js';
import { adjustedEffect } from './adjusted-effect.js';
import { cupedEstimate } from './cuped-estimate.js';

/**
 * Effect on a mean or a proportion adjusted for pre-exposure covariates (CUPED), by Welch's t on the adjusted variances.
 * Relative effects divide by the unadjusted mean of control.
 *
 * Refuses what {@link cupedEstimate} refuses, TOO_FEW_UNITS, ZERO_VARIANCE (an arm without variance after adjustment),
 * ZERO_BASELINE and ALPHA_OUT_OF_RANGE.
 */
export function cupedEffect(
  control: CovariateSummary,
  treatment: CovariateSummary,
  differenceType: 'absolute' | 'relative',
  alpha: number,
  alternative: Alternative = 'two-sided',
): Outcome<EffectResult> {
  const arms = cupedEstimate(control, treatment);
  return arms.ok ? adjustedEffect(arms.value, differenceType, alpha, alternative) : arms;
}
