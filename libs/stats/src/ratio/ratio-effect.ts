import { armEstimate } from '../effect/arm-estimate.js';
import { effect } from '../effect/effect.js';
import type { Alternative, EffectResult } from '../effect/effect-result.js';
import type { Outcome } from '../refusal.js';
import type { RatioSummary } from '../summary/ratio-summary.js';

/**
 * Effect on a ratio of sums (`Σ clicks / Σ views`) with the delta-method variance over randomization units: never over
 * events, which are not independent within a unit. Absolute or relative, Welch's t with `n` units.
 *
 * Refuses what {@link effect} refuses, and ZERO_DENOMINATOR when an arm's denominators add to 0.
 */
export function ratioEffect(
  control: RatioSummary,
  treatment: RatioSummary,
  differenceType: 'absolute' | 'relative',
  alpha: number,
  alternative: Alternative = 'two-sided',
): Outcome<EffectResult> {
  return effect({
    control: armEstimate(control),
    treatment: armEstimate(treatment),
    differenceType,
    alpha,
    alternative,
  });
}
