import type { Tails } from './incomplete-beta.js';
import { devianceTerm } from './log-beta-power.js';
import { stirlingError } from './log-gamma.js';

const EPSILON = 2.3e-16;
const MAX_TERMS = 1_000_000;

/**
 * Regularised incomplete gamma functions `P(a, x)` (lower) and `Q(a, x)` (upper), `a > 0`, `x > 0`. Power series below
 * the mean, Legendre's continued fraction above (Abramowitz & Stegun 6.5.29, 6.5.31), with `x^a e^-x / Γ(a)` in the
 * deviance form of Loader (2000), which does not cancel for large `a`.
 */
export function incompleteGamma(a: number, x: number): Tails {
  const powers = gammaPowers(a, x);
  if (x < a + 1) {
    const lower = powers * lowerSeries(a, x);
    return { lower, upper: 1 - lower };
  }
  const upper = powers * upperFraction(a, x);
  return { lower: 1 - upper, upper };
}

/** `x^a e^-x / Γ(a)`. */
export function gammaPowers(a: number, x: number): number {
  return Math.sqrt(a / (2 * Math.PI)) * Math.exp(-devianceTerm(a, x) - stirlingError(a));
}

function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < MAX_TERMS; n++) {
    term *= x / (a + n);
    sum += term;
    if (term <= EPSILON * sum) break;
  }
  return sum;
}

function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Infinity;
  let d = 1 / b;
  let value = d;
  for (let n = 1; n < MAX_TERMS; n++) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    const factor = c * d;
    value *= factor;
    if (Math.abs(factor - 1) <= EPSILON) break;
  }
  return value;
}
