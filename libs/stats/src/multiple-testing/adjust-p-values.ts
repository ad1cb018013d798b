import { computed, refused, type Outcome } from '../refusal.js';
import { CORRECTION_RULES, type Correction, type CorrectionRule } from './correction.js';
import { hommelAdjusted } from './hommel.js';
import { sortAscending } from './sort-ascending.js';

/**
 * Adjusted p-values of one family, in the order they came: reject where `adjusted <= alpha`. They are monotone in the
 * raw p-values and never above 1.
 *
 * Sources: Bonferroni; Šidák 1967 `1 - (1-p)^m`; Holm 1979; Hochberg 1988; Hommel 1988; Benjamini & Hochberg 1995;
 * Benjamini & Yekutieli 2001.
 *
 * @param pValues - one per test that belongs to the family; leave refused comparisons out.
 * @returns refusal `INVALID_INPUT` when a value is not a probability.
 */
export function adjustPValues(pValues: readonly number[], correction: Correction): Outcome<number[]> {
  const wrong = pValues.findIndex((p) => !(p >= 0 && p <= 1));
  if (wrong >= 0) {
    return refused('INVALID_INPUT', `pValues[${wrong}] is ${pValues[wrong]}; a p-value lies between 0 and 1.`);
  }
  if (correction === 'none') return computed([...pValues]);
  const order = sortAscending(pValues);
  const sorted = Float64Array.from(order, (index) => pValues[index] ?? NaN);
  const adjusted = correction === 'hommel' ? hommelAdjusted(sorted) : walk(sorted, CORRECTION_RULES[correction]);
  const result = new Array<number>(pValues.length);
  order.forEach((index, rank) => {
    result[index] = adjusted[rank] ?? NaN;
  });
  return computed(result);
}

function walk(sorted: Float64Array, rule: CorrectionRule): Float64Array {
  const m = sorted.length;
  const adjusted = sorted.map((p, index) => charged(p, rule.charge(index + 1, m), rule.scale));
  if (rule.direction === 'down') {
    for (let i = 1; i < m; i++) adjusted[i] = Math.max(adjusted[i] ?? 0, adjusted[i - 1] ?? 0);
  }
  if (rule.direction === 'up') {
    for (let i = m - 2; i >= 0; i--) adjusted[i] = Math.min(adjusted[i] ?? 1, adjusted[i + 1] ?? 1);
  }
  return adjusted;
}

function charged(p: number, tests: number, scale: CorrectionRule['scale']): number {
  // -expm1(m log1p(-p)) keeps the digits of a p-value of 1e-300 that 1 - (1-p)^m would lose.
  return scale === 'sidak' ? -Math.expm1(tests * Math.log1p(-p)) : Math.min(1, p * tests);
}
