import betainc from '@stdlib/math-base-special-betainc';
import t from '@stdlib/stats-base-dists-t';
import { logGamma } from './log-gamma.js';
import { normalQuantile, normalSurvival } from './normal.js';

/** Above this many degrees of freedom t and normal agree to the last digits of a double. */
const NORMAL_FROM = 1e15;

/** Density of Student's t with `df > 0` (fractional, as Welch gives them). */
export function studentTPdf(x: number, df: number): number {
  const logScale = logGamma((df + 1) / 2) - logGamma(df / 2) - 0.5 * Math.log(df * Math.PI);
  return Math.exp(logScale - ((df + 1) / 2) * Math.log1p((x * x) / df));
}

/**
 * `P(T > x)` through the regularised incomplete beta function of the tail itself, so that a p-value of 1e-300 stays one.
 *
 * @returns `NaN` for `df <= 0` or `NaN`.
 */
export function studentTSurvival(x: number, df: number): number {
  if (!(df > 0) || Number.isNaN(x)) return NaN;
  const tail = halfTail(Math.abs(x), df);
  return x >= 0 ? tail : 1 - tail;
}

/** `P(T <= x)`. */
export function studentTCdf(x: number, df: number): number {
  return studentTSurvival(-x, df);
}

/** `P(|T| > |x|)`: the two-sided p-value of a t statistic. */
export function studentTTwoSidedP(x: number, df: number): number {
  if (!(df > 0) || Number.isNaN(x)) return NaN;
  return 2 * halfTail(Math.abs(x), df);
}

/** The value below which T falls with probability `p`; `NaN` for `p` outside of [0, 1] or `df <= 0`. */
export function studentTQuantile(p: number, df: number): number {
  if (!(df > 0) || !(p >= 0 && p <= 1)) return NaN;
  if (df >= NORMAL_FROM) return normalQuantile(p);
  return t.quantile(p, df);
}

function halfTail(x: number, df: number): number {
  if (x === Infinity) return 0;
  if (df >= NORMAL_FROM) return normalSurvival(x);
  return 0.5 * betainc(df / (df + x * x), df / 2, 0.5);
}
