import { refuseAlpha } from '../effect/refuse-arms.js';
import { computed, refused, type Outcome } from '../refusal.js';
import { CORRECTION_RULES, type Correction, type CorrectionRule } from './correction.js';
import { sortAscending } from './sort-ascending.js';

/**
 * The level each raw p-value is compared with, in the order the p-values came: reject where `p <= adjustedAlpha`.
 * Step-up procedures give every rejected test the level of the largest rejected p; step-down procedures give every test
 * after the first failure that failure's level. These are the levels at which intervals may be shown beside the
 * decisions.
 *
 * @param alpha - the family's error rate, between 0 and 1.
 * @returns refusal `ALPHA_OUT_OF_RANGE`, or `INVALID_INPUT` when a value is not a probability or the correction has no
 *   fixed level per test (`hommel`).
 */
export function adjustedAlphas(pValues: readonly number[], correction: Correction, alpha: number): Outcome<number[]> {
  const alphaRefusal = refuseAlpha(alpha);
  if (alphaRefusal) return { ok: false, refusal: alphaRefusal };
  const wrong = pValues.findIndex((p) => !(p >= 0 && p <= 1));
  if (wrong >= 0) {
    return refused('INVALID_INPUT', `pValues[${wrong}] is ${pValues[wrong]}; a p-value lies between 0 and 1.`);
  }
  if (correction === 'none') return computed(pValues.map(() => alpha));
  if (correction === 'hommel')
    return refused('INVALID_INPUT', 'hommel compares sets of p-values, not each with a level.');
  return computed(levels(pValues, CORRECTION_RULES[correction], alpha));
}

function levels(pValues: readonly number[], rule: CorrectionRule, alpha: number): number[] {
  const m = pValues.length;
  const order = sortAscending(pValues);
  const result = new Array<number>(m).fill(alpha);
  let floor = 0;
  let ceiling = 1;
  for (let step = 0; step < m; step++) {
    const rank = rule.direction === 'up' ? m - step : step + 1;
    const index = order[rank - 1] ?? 0;
    const p = pValues[index] ?? 1;
    const level = chargedLevel(alpha, rule.charge(rank, m), rule.scale);
    if (rule.direction === 'up' && floor === 0 && p <= level) floor = level;
    if (rule.direction === 'down' && ceiling === 1 && p > level) ceiling = level;
    result[index] = Math.min(Math.max(level, floor), ceiling);
  }
  return result;
}

function chargedLevel(alpha: number, tests: number, scale: CorrectionRule['scale']): number {
  return scale === 'sidak' ? -Math.expm1(Math.log1p(-alpha) / tests) : alpha / tests;
}
