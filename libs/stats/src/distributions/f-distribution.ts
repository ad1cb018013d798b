import { betaQuantile } from './beta.js';
import { incompleteBeta, type Tails } from './incomplete-beta.js';

/** `P(F > x)` with `d1`, `d2 > 0` degrees of freedom, from the tail's own incomplete beta function. */
export function fSurvival(x: number, d1: number, d2: number): number {
  if (!(d1 > 0 && d2 > 0) || Number.isNaN(x)) return NaN;
  if (x <= 0) return 1;
  return x === Infinity ? 0 : tails(x, d1, d2).lower;
}

/** `P(F <= x)`. */
export function fCdf(x: number, d1: number, d2: number): number {
  if (!(d1 > 0 && d2 > 0) || Number.isNaN(x)) return NaN;
  if (x <= 0) return 0;
  return x === Infinity ? 1 : tails(x, d1, d2).upper;
}

/** The value below which F falls with probability `p`: `d2 B / (d1 (1 - B))` of the beta variate that F is made of. */
export function fQuantile(p: number, d1: number, d2: number): number {
  if (!(d1 > 0 && d2 > 0) || !(p >= 0 && p <= 1)) return NaN;
  if (p < 0.5) {
    const share = betaQuantile(p, d1 / 2, d2 / 2);
    return (d2 * share) / (d1 * (1 - share));
  }
  const rest = betaQuantile(1 - p, d2 / 2, d1 / 2);
  return (d2 * (1 - rest)) / (d1 * rest);
}

/** `P(F > x) = I_{d2/(d2 + d1 x)}(d2/2, d1/2)`: the lower tail of that beta is the upper tail of F. */
function tails(x: number, d1: number, d2: number): Tails {
  const total = d2 + d1 * x;
  return incompleteBeta(d2 / total, (d1 * x) / total, d2 / 2, d1 / 2);
}
