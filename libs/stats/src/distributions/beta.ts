import beta from '@stdlib/stats-base-dists-beta';
import { incompleteBeta } from './incomplete-beta.js';
import { logBetaPower } from './log-beta-power.js';
import { logGamma } from './log-gamma.js';

/** From here on the log-gammas of the textbook formula are large enough to cancel visibly. */
const LARGE_SHAPES = 20;

/** `P(X <= x)` for Beta(a, b), `a, b > 0`. */
export function betaCdf(x: number, a: number, b: number): number {
  if (!(a > 0 && b > 0) || Number.isNaN(x)) return NaN;
  if (x <= 0) return 0;
  return x >= 1 ? 1 : incompleteBeta(x, 1 - x, a, b).lower;
}

/** `P(X > x)`, from the upper tail itself. */
export function betaSurvival(x: number, a: number, b: number): number {
  if (!(a > 0 && b > 0) || Number.isNaN(x)) return NaN;
  if (x <= 0) return 1;
  return x >= 1 ? 0 : incompleteBeta(x, 1 - x, a, b).upper;
}

/** Logarithm of the density; `-Infinity` outside of [0, 1]. */
export function betaLogPdf(x: number, a: number, b: number): number {
  if (!(a > 0 && b > 0) || Number.isNaN(x)) return NaN;
  if (x < 0 || x > 1) return -Infinity;
  if (x === 0) return a < 1 ? Infinity : a > 1 ? -Infinity : Math.log(b);
  if (x === 1) return b < 1 ? Infinity : b > 1 ? -Infinity : Math.log(a);
  if (a + b > LARGE_SHAPES) return logBetaPower(x, a, b) - Math.log(x) - Math.log1p(-x);
  return (a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b);
}

/** Density of Beta(a, b). */
export function betaPdf(x: number, a: number, b: number): number {
  return Math.exp(betaLogPdf(x, a, b));
}

/** The value below which X falls with probability `p`. */
export function betaQuantile(p: number, a: number, b: number): number {
  return beta.quantile(p, a, b);
}
