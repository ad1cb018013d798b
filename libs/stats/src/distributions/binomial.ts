import { incompleteBeta } from './incomplete-beta.js';
import { devianceTerm } from './log-beta-power.js';
import { stirlingError } from './log-gamma.js';
import { normalQuantile } from './normal.js';

/** `ln P(X = k)` for X ~ Binomial(n, p), by Loader's saddle-point form: about 1e-15 whatever the size of `n`. */
export function binomialLogPmf(k: number, n: number, p: number): number {
  if (!isCount(n) || !(p >= 0 && p <= 1)) return NaN;
  if (!isCount(k) || k > n) return -Infinity;
  if (p === 0) return k === 0 ? 0 : -Infinity;
  if (p === 1) return k === n ? 0 : -Infinity;
  if (k === 0) return n * Math.log1p(-p);
  if (k === n) return n * Math.log(p);
  const errors = stirlingError(n) - stirlingError(k) - stirlingError(n - k);
  const deviances = devianceTerm(k, n * p) + devianceTerm(n - k, n * (1 - p));
  return errors - deviances + 0.5 * Math.log(n / (2 * Math.PI * k * (n - k)));
}

/** `P(X = k)`. */
export function binomialPmf(k: number, n: number, p: number): number {
  return Math.exp(binomialLogPmf(k, n, p));
}

/** `P(X <= k)`. */
export function binomialCdf(k: number, n: number, p: number): number {
  if (!isCount(n) || !(p >= 0 && p <= 1) || Number.isNaN(k)) return NaN;
  const floor = Math.floor(k);
  if (floor < 0) return 0;
  if (floor >= n) return 1;
  if (p === 0) return 1;
  return p === 1 ? 0 : incompleteBeta(p, 1 - p, floor + 1, n - floor).upper;
}

/** `P(X > k)`, from the upper tail itself. */
export function binomialSurvival(k: number, n: number, p: number): number {
  if (!isCount(n) || !(p >= 0 && p <= 1) || Number.isNaN(k)) return NaN;
  const floor = Math.floor(k);
  if (floor < 0) return 1;
  if (floor >= n) return 0;
  if (p === 0) return 0;
  return p === 1 ? 1 : incompleteBeta(p, 1 - p, floor + 1, n - floor).lower;
}

/** The smallest count whose cumulative probability reaches `q`. */
export function binomialQuantile(q: number, n: number, p: number): number {
  if (!isCount(n) || !(p >= 0 && p <= 1) || !(q >= 0 && q <= 1)) return NaN;
  if (q === 0 || p === 0) return 0;
  if (q === 1 || p === 1) return n;
  const guess = n * p + normalQuantile(q) * Math.sqrt(n * p * (1 - p));
  let low = -1;
  let high = n;
  let probe = Math.min(n - 1, Math.max(0, Math.round(guess)));
  let step = 1;
  // Gallop from the normal guess until it is bracketed, then bisect.
  while (high - low > 1) {
    if (binomialCdf(probe, n, p) >= q) high = probe;
    else low = probe;
    const bracketed = low >= 0 && high < n;
    probe = bracketed ? Math.floor((low + high) / 2) : high < n ? high - step : low + step;
    probe = Math.min(high - 1, Math.max(low + 1, probe));
    step *= 2;
  }
  return high;
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0;
}
