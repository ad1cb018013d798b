import { binomialCdf, binomialLogPmf, binomialSurvival } from '../distributions/binomial.js';
import { computed, refused, type Outcome } from '../refusal.js';

/** Counts this much more likely than the observed one still count as equally likely. */
const TIE = 1e-7;

/**
 * Exact two-sided binomial test of `k` successes out of `n` against the rate `p`: the probability of all counts no more
 * likely than the observed one. The far tail is found by bisection, so millions of units cost nothing.
 *
 * Refuses INVALID_INPUT unless `0 <= k <= n` are counts and `0 < p < 1`. Without trials the p-value is 1.
 */
export function exactBinomialTest(k: number, n: number, p: number): Outcome<number> {
  if (!Number.isInteger(k) || !Number.isInteger(n) || k < 0 || k > n || !(p > 0 && p < 1)) {
    return refused('INVALID_INPUT', 'needs counts 0 <= k <= n and a rate between 0 and 1');
  }
  const limit = binomialLogPmf(k, n, p) + Math.log1p(TIE);
  const mean = n * p;
  if (k === mean) return computed(1);
  if (k < mean) {
    // Smallest count above the mean that is no more likely: the probabilities fall from there on.
    const far = firstInside(Math.ceil(mean), n + 1, (count) => binomialLogPmf(count, n, p) <= limit);
    return computed(Math.min(1, binomialCdf(k, n, p) + binomialSurvival(far - 1, n, p)));
  }
  const far = firstInside(0, Math.floor(mean) + 1, (count) => binomialLogPmf(count, n, p) > limit) - 1;
  return computed(Math.min(1, binomialSurvival(k - 1, n, p) + binomialCdf(far, n, p)));
}

/** The first integer in `[low, high)` that satisfies a condition which stays true from there on; `high` if none does. */
function firstInside(low: number, high: number, holds: (count: number) => boolean): number {
  let from = low;
  let to = high;
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (holds(middle)) to = middle;
    else from = middle + 1;
  }
  return from;
}
