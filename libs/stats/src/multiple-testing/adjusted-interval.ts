import { normalSurvivalQuantile } from '../distributions/normal.js';
import type { Interval } from '../effect/effect-result.js';
import { refuseAlpha } from '../effect/refuse-arms.js';
import { computed, computedNumbers, refused, type Outcome } from '../refusal.js';

/** From here on an adjusted p-value says nothing about the effect, and neither can an interval made from it. */
const UNINFORMATIVE_P = 0.999999;

export interface AdjustedIntervalInput {
  /** The estimated effect; the interval has its unit. */
  readonly estimate: number;
  readonly adjustedPValue: number;
  readonly alpha: number;
  /** The interval before correction; kept unless the adjusted one is wider on both sides. */
  readonly originalCi?: Interval | undefined;
}

/**
 * An interval that agrees with an adjusted p-value, as GrowthBook shows it: the standard error that would have given
 * this p-value, `s = |estimate| / z(1 - p/2)`, then `estimate ∓ z(1 - alpha/2) s`.
 *
 * It has no coverage guarantee (the estimate's own precision is not in it); {@link falseCoverageIntervals} and
 * Bonferroni intervals at `alpha / m` have. Source: growthbook `getAdjustedCI`.
 *
 * @returns the whole line for an adjusted p above 0.999999; refusal `ALPHA_OUT_OF_RANGE` or `INVALID_INPUT`.
 */
export function adjustedInterval(input: AdjustedIntervalInput): Outcome<Interval> {
  const { estimate, adjustedPValue, alpha, originalCi } = input;
  const alphaRefusal = refuseAlpha(alpha);
  if (alphaRefusal) return { ok: false, refusal: alphaRefusal };
  if (!(adjustedPValue >= 0 && adjustedPValue <= 1) || !Number.isFinite(estimate)) {
    return refused('INVALID_INPUT', 'estimate must be finite and adjustedPValue between 0 and 1.');
  }
  if (adjustedPValue > UNINFORMATIVE_P) return computed([-Infinity, Infinity]);
  const spread = Math.abs(estimate) / normalSurvivalQuantile(adjustedPValue / 2);
  const halfwidth = normalSurvivalQuantile(alpha / 2) * spread;
  const low = estimate - halfwidth;
  const high = estimate + halfwidth;
  if (originalCi && !(low < originalCi[0] && high > originalCi[1])) return computed(originalCi);
  return computedNumbers([low, high]);
}
