import gammainc from '@stdlib/math-base-special-gammainc';
import chisquare from '@stdlib/stats-base-dists-chisquare';

/** `P(X > x)` for chi-square with `df > 0`: the p-value of a chi-square statistic, exact in the far tail. */
export function chiSquareSurvival(x: number, df: number): number {
  if (!(df > 0) || Number.isNaN(x)) return NaN;
  if (x <= 0) return 1;
  return x === Infinity ? 0 : gammainc(x / 2, df / 2, true, true);
}

/** `P(X <= x)`. */
export function chiSquareCdf(x: number, df: number): number {
  if (!(df > 0) || Number.isNaN(x)) return NaN;
  if (x <= 0) return 0;
  return x === Infinity ? 1 : gammainc(x / 2, df / 2, true, false);
}

/** The value below which X falls with probability `p`. */
export function chiSquareQuantile(p: number, df: number): number {
  return chisquare.quantile(p, df);
}
