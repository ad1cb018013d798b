import type { RatioSums } from '../summary/ratio-summary.js';

/**
 * The raw sums of a ratio metric from one numerator and one denominator per unit. For merging without loss keep a
 * {@link RatioSummary} instead.
 *
 * @throws RangeError when the columns differ in length.
 */
export function ratioSums(numerators: readonly number[], denominators: readonly number[]): RatioSums {
  if (numerators.length !== denominators.length) throw new RangeError('columns must have the same length');
  return {
    n: numerators.length,
    numeratorSum: sum(numerators),
    numeratorSquares: sum(numerators.map((m) => m * m)),
    denominatorSum: sum(denominators),
    denominatorSquares: sum(denominators.map((d) => d * d)),
    product: sum(numerators.map((m, i) => m * (denominators[i] ?? NaN))),
  };
}

/** Compensated (Neumaier 1974): the order of the units does not show. */
function sum(values: readonly number[]): number {
  let total = 0;
  let rest = 0;
  for (const value of values) {
    const next = total + value;
    rest += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
    total = next;
  }
  return total + rest;
}
