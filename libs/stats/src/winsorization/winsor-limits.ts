import { putRanks } from '../quantiles/put-ranks.js';
import { sampleQuantile } from '../quantiles/sample-quantile.js';
import { computed, refused, type Outcome } from '../refusal.js';

/** Where values are cut; `null` on a side that is not. */
export interface WinsorLimits {
  readonly floor: number | null;
  readonly cap: number | null;
}

/** How the limits are chosen: percentiles of the pooled unit values, or fixed numbers. */
export interface WinsorOptions {
  /** Upper percentile, 0 < p <= 1 (0.999). */
  readonly percentile?: number | null;
  /** Lower percentile, 0 <= p < 1. */
  readonly lowerPercentile?: number | null;
  /** A fixed cap; wins over `percentile`. */
  readonly absoluteCap?: number | null;
  /** Leave zeros out when computing the percentiles; they stay in the data. */
  readonly ignoreZeros?: boolean;
}

/**
 * Limits for capping outliers, from the unit values of all arms together, so that every arm is cut at the same place
 * (linear-interpolated percentile, as SQL's PERCENTILE_CONT). The test then treats the limits as fixed, as is usual;
 * recompute them from all data at each look.
 *
 * Refuses INVALID_INPUT (a percentile outside of [0, 1], a value that is not finite, limits that cross) and NO_UNITS (no value to take one of).
 */
export function winsorLimits(arms: readonly ArrayLike<number>[], options: WinsorOptions): Outcome<WinsorLimits> {
  const { percentile = null, lowerPercentile = null, absoluteCap = null, ignoreZeros = false } = options;
  const levels = [percentile, lowerPercentile].filter((level) => level !== null);
  if (levels.some((level) => !(level >= 0 && level <= 1)) || (absoluteCap !== null && !Number.isFinite(absoluteCap))) {
    return refused('INVALID_INPUT', 'percentiles must lie between 0 and 1, a cap must be a finite number');
  }
  const needsValues = lowerPercentile !== null || (percentile !== null && absoluteCap === null);
  const pooled = needsValues ? pooledValues(arms, ignoreZeros) : new Float64Array(0);
  if (needsValues && pooled.length === 0) return refused('NO_UNITS', 'there are no values to take a percentile of');
  if (!pooled.every(Number.isFinite)) return refused('INVALID_INPUT', 'the values must be finite numbers');
  putRanks(pooled, levels);
  const cap = absoluteCap ?? (percentile === null ? null : sampleQuantile(pooled, percentile));
  const floor = lowerPercentile === null ? null : sampleQuantile(pooled, lowerPercentile);
  if (floor !== null && cap !== null && floor > cap) {
    return refused('INVALID_INPUT', `the lower limit ${floor} is above the cap ${cap}`);
  }
  return computed({ floor, cap });
}

function pooledValues(arms: readonly ArrayLike<number>[], ignoreZeros: boolean): Float64Array {
  const pooled = new Float64Array(arms.reduce((sum, { length }) => sum + length, 0));
  let kept = 0;
  for (const arm of arms) {
    for (let i = 0; i < arm.length; i++) {
      const value = arm[i] ?? NaN;
      if (!ignoreZeros || value !== 0) pooled[kept++] = value;
    }
  }
  return pooled.subarray(0, kept);
}
