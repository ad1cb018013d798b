import { normalSurvivalQuantile } from '../distributions/normal.js';
import { studentTQuantile } from '../distributions/student-t-quantile.js';
import type { Interval } from '../effect/effect-result.js';
import { refuseAlpha } from '../effect/refuse-arms.js';
import { computed, refused, type Outcome } from '../refusal.js';
import { adjustPValues } from './adjust-p-values.js';
import type { TestedEffect } from './false-coverage-intervals.js';

/** An effect tested on one side. */
export interface OneSidedEffect extends TestedEffect {
  /** `greater`: the test says that the effect lies above `nullValue`. */
  readonly alternative: 'greater' | 'less';
  /** What the effect is tested against, 0 if absent; for non-inferiority the margin with its sign. */
  readonly nullValue?: number;
}

export interface OneSidedInterval {
  readonly rejected: boolean;
  /** Infinite on the open side. */
  readonly ci: Interval;
}

/** Corrections that have such intervals; Hochberg's are Hommel's with fewer rejections. */
export type OneSidedCorrection = 'holm' | 'hochberg' | 'hommel';

/**
 * One-sided intervals that hold together with probability `1 - alpha` and agree with the decisions of a stepwise correction:
 * an interval leaves `nullValue` out, or ends at it, just when its test is rejected (Guilbaud 2008 for Holm, 2012 for Hochberg
 * and Hommel; Spotify Confidence `ci_for_multiple_comparison_methods`).
 *
 * With `r` of `m` tests not rejected, these get the bound at level `alpha/r`. A rejected one says no more than the rejection,
 * its bound is `nullValue`; when all are rejected it is the bound at `alpha/m` (Holm) or `1 - (1-alpha)^(1/m)`, if that is
 * better. A `weight` below 1 keeps some of the error for rejected tests, so that their bounds may be better than `nullValue`
 * also when others are not rejected, and those of the others are wider in return.
 *
 * @param weight - above 0, at most 1; 1 if absent.
 * @returns one entry per effect in the order given; refusal `ALPHA_OUT_OF_RANGE` or `INVALID_INPUT`.
 */
export function oneSidedIntervals(
  effects: readonly OneSidedEffect[],
  alpha: number,
  correction: OneSidedCorrection,
  weight = 1,
): Outcome<OneSidedInterval[]> {
  const alphaRefusal = refuseAlpha(alpha);
  if (alphaRefusal) return { ok: false, refusal: alphaRefusal };
  if (!(weight > 0 && weight <= 1)) return refused('INVALID_INPUT', `weight is ${weight}; it is at most 1, above 0.`);
  const wrong = effects.findIndex(
    ({ estimate, standardError, nullValue = 0 }) =>
      ![estimate, standardError, nullValue].every(Number.isFinite) || !(standardError > 0),
  );
  if (wrong >= 0) {
    return refused('INVALID_INPUT', `effects[${wrong}] needs a finite estimate and a positive, finite standardError.`);
  }
  const adjusted = adjustPValues(
    effects.map((effect) => effect.pValue),
    correction,
  );
  if (!adjusted.ok) return adjusted;
  const rejected = adjusted.value.map((p) => p <= alpha);
  const levels = boundLevels(effects.length, rejected.filter(Boolean).length, alpha, correction, weight);
  return computed(
    effects.map((effect, index) => {
      const isRejected = rejected[index] === true;
      return { rejected: isRejected, ci: intervalOf(effect, isRejected, isRejected ? levels.rejected : levels.kept) };
    }),
  );
}

/** The one-sided levels of the bounds of rejected tests and of the others; 0 where there is no bound beyond the decision. */
function boundLevels(
  m: number,
  rejections: number,
  alpha: number,
  correction: OneSidedCorrection,
  weight: number,
): { readonly rejected: number; readonly kept: number } {
  const single = correction === 'holm' ? alpha / m : -Math.expm1(Math.log1p(-alpha) / m);
  if (rejections === m) return { rejected: single, kept: 0 };
  const spared = (1 - weight) * single;
  const shared =
    correction === 'holm'
      ? alpha - rejections * spared
      : -Math.expm1(Math.log1p(-alpha) - rejections * Math.log1p(-spared));
  return { rejected: spared, kept: shared / (m - rejections) };
}

function intervalOf(effect: OneSidedEffect, rejected: boolean, level: number): Interval {
  const { estimate, standardError, alternative, nullValue = 0, degreesOfFreedom = null } = effect;
  const towards = alternative === 'greater' ? 1 : -1;
  const critical =
    degreesOfFreedom === null ? normalSurvivalQuantile(level) : -studentTQuantile(level, degreesOfFreedom);
  const bound = towards * estimate - critical * standardError;
  const end = towards * (rejected ? Math.max(towards * nullValue, bound) : bound);
  return alternative === 'greater' ? [end, Infinity] : [-Infinity, end];
}
