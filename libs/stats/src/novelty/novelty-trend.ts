import { chiSquareTest, type ChiSquareTest } from '../contrast/chi-square-test.js';
import { cochranQ, type WeighedEstimate } from '../contrast/cochran-q.js';
import { zEffect } from '../contrast/z-effect.js';
import type { EffectResult } from '../effect/effect-result.js';
import { refuseAlpha } from '../effect/refuse-arms.js';
import { computedNumbers, refused, type Outcome } from '../refusal.js';

/** A trend over less than a week is a weekday pattern. */
const FEWEST_DAYS = 7;

export interface DailyEffect extends WeighedEstimate {
  /** Day since exposure (preferred) or of the calendar; any ascending number. */
  readonly day: number;
}

export interface NoveltyTrend {
  /** Inverse-variance mean of the daily effects. */
  readonly pooledEffect: EffectResult;
  /** Change of the effect per day, weighted least squares with weights `1/se²`. */
  readonly slope: EffectResult;
  readonly earlyLate: {
    /** Inverse-variance mean of the first third of the days. */
    readonly early: number;
    readonly late: number;
    /** Late minus early. */
    readonly difference: EffectResult;
  };
  /** Do the days differ by more than their standard errors? */
  readonly heterogeneity: ChiSquareTest;
  /** `novelty`: the effect shrinks or turns; `primacy`: it grows. */
  readonly verdict: 'none' | 'novelty' | 'primacy';
}

/**
 * Whether an effect wears off (novelty) or grows (primacy): the slope of daily effects over days. Novelty when a
 * significant slope opposes the pooled effect, primacy when it has its sign. Works for the effects of any estimator.
 *
 * `slope = Σ w (d-d̄)(e-ē) / Σ w (d-d̄)²`, `se = 1/√Σ w (d-d̄)²` (fixed-effect meta-regression).
 *
 * @param days - in ascending order of `day`; leave out days whose effect was refused.
 * @returns refusals `NOT_ENOUGH_TRAFFIC` (fewer than seven days), `ALPHA_OUT_OF_RANGE`, `INVALID_INPUT`,
 *   `ZERO_VARIANCE`.
 */
export function noveltyTrend(days: readonly DailyEffect[], alpha: number): Outcome<NoveltyTrend> {
  const alphaRefusal = refuseAlpha(alpha);
  if (alphaRefusal) return { ok: false, refusal: alphaRefusal };
  if (days.length < FEWEST_DAYS) {
    return refused('NOT_ENOUGH_TRAFFIC', `A trend needs ${FEWEST_DAYS} days with an effect; there are ${days.length}.`);
  }
  if (days.some(({ day, estimate }) => !Number.isFinite(day) || !Number.isFinite(estimate))) {
    return refused('INVALID_INPUT', 'Every day needs a finite number and estimate.');
  }
  if (days.some(({ day }, index) => index > 0 && !(day > (days[index - 1]?.day ?? NaN)))) {
    return refused('INVALID_INPUT', 'Days must ascend, each given once.');
  }
  if (days.some(({ standardError }) => !(standardError > 0 && standardError < Infinity))) {
    return refused('ZERO_VARIANCE', 'Every day needs a positive, finite standard error.');
  }
  const pooled = cochranQ(days);
  const slope = weightedSlope(days, pooled.mean, pooled.weight, alpha);
  const opposed = slope.estimate * pooled.mean < 0;
  const trend = slope.pValue < alpha && slope.estimate !== 0;
  return computedNumbers({
    pooledEffect: zEffect(pooled.mean, pooled.standardError, alpha),
    slope,
    earlyLate: earlyLate(days, alpha),
    heterogeneity: chiSquareTest(pooled.q, days.length - 1),
    verdict: !trend ? 'none' : opposed ? 'novelty' : 'primacy',
  });
}

function weightedSlope(days: readonly DailyEffect[], mean: number, weight: number, alpha: number): EffectResult {
  let centre = 0;
  for (const { day, standardError } of days) centre += day / (standardError * standardError) / weight;
  let spread = 0;
  let product = 0;
  for (const { day, estimate, standardError } of days) {
    const w = 1 / (standardError * standardError);
    spread += w * (day - centre) ** 2;
    product += w * (day - centre) * (estimate - mean);
  }
  return zEffect(product / spread, 1 / Math.sqrt(spread), alpha);
}

function earlyLate(days: readonly DailyEffect[], alpha: number): NoveltyTrend['earlyLate'] {
  const third = Math.floor(days.length / 3);
  const early = cochranQ(days.slice(0, third));
  const late = cochranQ(days.slice(-third));
  const standardError = Math.hypot(early.standardError, late.standardError);
  return { early: early.mean, late: late.mean, difference: zEffect(late.mean - early.mean, standardError, alpha) };
}
