import { covarianceOf, meanOf, varianceOf } from '../summary/moments.js';
import type { RatioSummary } from '../summary/ratio-summary.js';
import { sumWithoutRounding } from '../summary/sum-without-rounding.js';

/** Moments of numerator `m` and denominator `d` over the randomization units. */
export interface RatioMoments {
  readonly meanNumerator: number;
  readonly varianceNumerator: number;
  readonly meanDenominator: number;
  readonly varianceDenominator: number;
  readonly covariance: number;
}

/**
 * Variance of one unit's linearised ratio value `(m - R d)/mean(d)`:
 * `(var m - 2 R cov + R² var d)/mean(d)²`, so that the squared error of `R = mean(m)/mean(d)` is this over `n` (delta
 * method; Deng, Knoblich & Lu 2018). 0, which every test refuses, when the denominators add to 0 and when all units have
 * one ratio, up to rounding.
 */
export function ratioVariance(moments: RatioMoments): number {
  const { meanNumerator, varianceNumerator, meanDenominator, varianceDenominator, covariance } = moments;
  if (meanDenominator === 0) return 0;
  const ratio = meanNumerator / meanDenominator;
  const spread = sumWithoutRounding([varianceNumerator, -2 * ratio * covariance, ratio ** 2 * varianceDenominator]);
  return Math.max(0, spread) / meanDenominator ** 2;
}

/** The moments of a ratio summary, as {@link ratioVariance} takes them. */
export function ratioMoments({ moments }: RatioSummary): RatioMoments {
  return {
    meanNumerator: meanOf(moments, 0),
    varianceNumerator: varianceOf(moments, 0),
    meanDenominator: meanOf(moments, 1),
    varianceDenominator: varianceOf(moments, 1),
    covariance: covarianceOf(moments, 0, 1),
  };
}
