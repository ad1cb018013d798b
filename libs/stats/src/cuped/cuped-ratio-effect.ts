import type { Alternative, EffectResult } from '../effect/effect-result.js';
import { inferEffect } from '../effect/infer-effect.js';
import { refuseAlpha, refuseArms } from '../effect/refuse-arms.js';
import { welchDegreesOfFreedom } from '../effect/welch-degrees-of-freedom.js';
import { computed, refused, type Outcome } from '../refusal.js';
import type { RatioCovariateSummary } from '../summary/ratio-covariate-summary.js';
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
  const outcome = cupedRatioEstimate(control, treatment);
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
  if (baseline === 0) return refused('ZERO_BASELINE', 'the ratio of control is 0, nothing can be relative to it');
  const estimate = difference / Math.abs(baseline);
  const inference = { estimate, standardError: relativeStandardError, degreesOfFreedom };
  return computed(inferEffect(inference, alpha, alternative));
}
