import { chiSquareSurvival } from '../distributions/chi-square.js';
import { computed, refused, type Outcome } from '../refusal.js';
import { expectedCounts, refuseSrmInput } from './expected-counts.js';

/** `mismatch` below the threshold, `warning` below the warning level, `insufficient` with too little traffic. */
export type SrmVerdict = 'ok' | 'warning' | 'mismatch' | 'insufficient';

/** When to raise which verdict. */
export interface SrmOptions {
  /** Below: mismatch. Default 0.001. */
  readonly threshold?: number;
  /** Below: warning. Default 0.01. */
  readonly warningThreshold?: number;
  /** Fewer units than this per arm with a weight: insufficient. Default 8. */
  readonly minimumPerArm?: number;
}

/** Observed units against what the weights promised. */
export interface SrmResult {
  /** In the order of the arms; 0 for an arm of weight 0. */
  readonly expected: readonly number[];
  readonly observedShare: readonly number[];
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly pValue: number;
  readonly verdict: SrmVerdict;
}

/**
 * Sample ratio mismatch: Pearson's chi-square `Σ (o-e)²/e` of units per arm against their weights, over the arms with a
 * weight above 0, degrees of freedom one less than those. Without any unit p is 1 and the verdict `insufficient`.
 *
 * Refuses ZERO_WEIGHT (no arm, or only one, has a weight) and INVALID_INPUT (lengths differ, counts or weights negative or
 * not finite).
 */
export function srmTest(
  observed: readonly number[],
  weights: readonly number[],
  options: SrmOptions = {},
): Outcome<SrmResult> {
  const refusal = refuseSrmInput(observed, weights);
  if (refusal !== null) return { ok: false, refusal };
  return chiSquareVerdict(observed, expectedCounts(observed, weights), options);
}

/** The test of given expected counts, which may come from several periods with different weights. */
export function chiSquareVerdict(
  observed: readonly number[],
  expected: readonly number[],
  options: SrmOptions,
): Outcome<SrmResult> {
  const arms = expected.filter((count) => count > 0).length;
  if (expected.every((count) => count === 0)) return computed(insufficientSrm(expected, observed));
  if (arms < 2) return refused('ZERO_WEIGHT', 'at least two arms need a weight above 0');
  const statistic = expected.reduce(
    (sum, count, i) => (count > 0 ? sum + ((observed[i] ?? 0) - count) ** 2 / count : sum),
    0,
  );
  return computed(judgedSrm({ statistic, degreesOfFreedom: arms - 1, expected, observed }, options));
}

/** Without any unit there is nothing to judge. */
export function insufficientSrm(expected: readonly number[], observed: readonly number[]): SrmResult {
  const degreesOfFreedom = Math.max(0, observed.length - 1);
  const observedShare = sharesOf(observed);
  return { expected, observedShare, statistic: 0, degreesOfFreedom, pValue: 1, verdict: 'insufficient' };
}

interface SrmStatistic {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly expected: readonly number[];
  readonly observed: readonly number[];
}

/** A statistic that is chi-square under the promised split, with its verdict. */
export function judgedSrm({ observed, ...tested }: SrmStatistic, options: SrmOptions): SrmResult {
  const { threshold = 0.001, warningThreshold = 0.01, minimumPerArm = 8 } = options;
  const arms = tested.expected.filter((count) => count > 0).length;
  const total = tested.expected.reduce((sum, count) => sum + count, 0);
  const pValue = chiSquareSurvival(tested.statistic, tested.degreesOfFreedom);
  const flagged = pValue < threshold ? 'mismatch' : pValue < warningThreshold ? 'warning' : 'ok';
  const verdict = total < minimumPerArm * arms ? 'insufficient' : flagged;
  return { ...tested, observedShare: sharesOf(observed), pValue, verdict };
}

function sharesOf(observed: readonly number[]): number[] {
  const counted = observed.reduce((sum, count) => sum + count, 0);
  return observed.map((count) => (counted > 0 ? count / counted : 0));
}
