import betainc from '@stdlib/math-base-special-betainc';
import f from '@stdlib/stats-base-dists-f';

/** `P(F > x)` with `d1`, `d2 > 0` degrees of freedom, from the tail's own incomplete beta function. */
export function fSurvival(x: number, d1: number, d2: number): number {
  if (!(d1 > 0 && d2 > 0) || Number.isNaN(x)) return NaN;
  if (x <= 0) return 1;
  return x === Infinity ? 0 : betainc(d2 / (d2 + d1 * x), d2 / 2, d1 / 2);
}

/** `P(F <= x)`. */
export function fCdf(x: number, d1: number, d2: number): number {
  if (!(d1 > 0 && d2 > 0) || Number.isNaN(x)) return NaN;
  if (x <= 0) return 0;
  return x === Infinity ? 1 : betainc((d1 * x) / (d2 + d1 * x), d1 / 2, d2 / 2);
}

/** The value below which F falls with probability `p`. */
export function fQuantile(p: number, d1: number, d2: number): number {
  return f.quantile(p, d1, d2);
}
