import { studentTTails } from './student-t-tails.js';

export { studentTQuantile } from './student-t-quantile.js';
export { studentTPdf } from './student-t-tails.js';

/**
 * `P(T > x)` through the incomplete beta function of the tail itself, so that a p-value of 1e-300 stays one.
 *
 * @returns `NaN` for `df <= 0` or `NaN`.
 */
export function studentTSurvival(x: number, df: number): number {
  const half = studentTTwoSidedP(x, df) / 2;
  return x >= 0 ? half : 1 - half;
}

/** `P(T <= x)`. */
export function studentTCdf(x: number, df: number): number {
  return studentTSurvival(-x, df);
}

/** `P(|T| > |x|)`: the two-sided p-value of a t statistic. */
export function studentTTwoSidedP(x: number, df: number): number {
  if (!(df > 0) || Number.isNaN(x)) return NaN;
  return studentTTails(x, df).lower;
}
