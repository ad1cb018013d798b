/** Shares of the terms' magnitudes that rounding of the terms themselves can leave in their sum. */
const ROUNDING = 2 * Number.EPSILON;

/**
 * The sum of terms that may cancel, or 0 when it is no more than what rounding the terms leaves: a variance of 1e-18 of values
 * around 1 is none, and a test that took it for one would be certain of anything.
 */
export function sumWithoutRounding(terms: readonly number[]): number {
  let sum = 0;
  let magnitude = 0;
  for (const term of terms) {
    sum += term;
    magnitude += Math.abs(term);
  }
  return Math.abs(sum) <= ROUNDING * magnitude ? 0 : sum;
}
