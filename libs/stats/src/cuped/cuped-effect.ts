import type { Alternative, EffectResult } from '../effect/effect-result.js';
import { inferEffect } from '../effect/infer-effect.js';
import { refuseAlpha, refuseArms } from '../effect/refuse-arms.js';
import { welchDegreesOfFreedom } from '../effect/welch-degrees-of-freedom.js';
import { computed, refused, type Outcome } from '../refusal.js';
import type { CovariateSummary } from '../summary/covariate-summary.js';
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
  const outcome = cupedEstimate(control, treatment);
  if (!outcome.ok) return outcome;
  const { control: c, treatment: t, baseline, relativeStandardError } = outcome.value;
  const refusal = refuseAlpha(alpha) ?? refuseArms(c, t, 'both');
  if (refusal !== null) return { ok: false, refusal };
  const difference = t.mean - c.mean;
  const degreesOfFreedom = welchDegreesOfFreedom(c, t);
  if (differenceType === 'absolute') {
    const standardError = Math.sqrt(c.variance / c.n + t.variance / t.n);
    return computed(inferEffect({ estimate: difference, standardError, degreesOfFreedom }, alpha, alternative));
  }
  if (baseline === 0) return refused('ZERO_BASELINE', 'the mean of control is 0, nothing can be relative to it');
  const estimate = difference / Math.abs(baseline);
  const inference = { estimate, standardError: relativeStandardError, degreesOfFreedom };
  return computed(inferEffect(inference, alpha, alternative));
}
