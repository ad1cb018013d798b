import { gammaPowers, incompleteGamma } from './incomplete-gamma.js';
import { normalQuantile } from './normal.js';

/** `P(X > x)` for chi-square with `df > 0`: the p-value of a chi-square statistic, exact in the far tail. */
export function chiSquareSurvival(x: number, df: number): number {
  if (!(df > 0) || Number.isNaN(x)) return NaN;
  if (x <= 0) return 1;
  return x === Infinity ? 0 : incompleteGamma(df / 2, x / 2).upper;
}

/** `P(X <= x)`. */
export function chiSquareCdf(x: number, df: number): number {
  if (!(df > 0) || Number.isNaN(x)) return NaN;
  if (x <= 0) return 0;
  return x === Infinity ? 1 : incompleteGamma(df / 2, x / 2).lower;
}

/**
 * The value below which X falls with probability `p`: Wilson & Hilferty's cube (1931) as a start, Newton's method on the
 * logarithm of the smaller tail against `ln x`.
 */
export function chiSquareQuantile(p: number, df: number): number {
  if (!(df > 0) || !(p >= 0 && p <= 1)) return NaN;
  if (p === 0) return 0;
  if (p === 1) return Infinity;
  const upper = p > 0.5;
  const logTarget = upper ? Math.log1p(-p) : Math.log(p);
  let logX = Math.log(start(p, df));
  for (let i = 0; i < 200; i++) {
    const half = Math.exp(logX) / 2;
    const tails = incompleteGamma(df / 2, half);
    const tail = upper ? tails.upper : tails.lower;
    const slope = gammaPowers(df / 2, half) / tail;
    const step = ((upper ? 1 : -1) * (Math.log(tail) - logTarget)) / slope;
    const bounded = Math.max(-2, Math.min(2, step));
    logX += Number.isFinite(step) ? bounded : upper ? -1 : 1;
    if (Math.abs(step) <= 1e-15 * Math.max(1, Math.abs(logX))) break;
  }
  return Math.exp(logX);
}

function start(p: number, df: number): number {
  const spread = 2 / (9 * df);
  const cube = df * (1 - spread + normalQuantile(p) * Math.sqrt(spread)) ** 3;
  // Below the reach of the cube the first term of the power series is the better guess.
  const low = 2 * Math.exp((Math.log(p) + Math.log(df / 2)) / (df / 2));
  return cube > 0.05 * df ? cube : Math.max(low, 1e-300);
}
