import {
  addDouble,
  divideByNumber,
  freezeMoments,
  multiplyDouble,
  negate,
  toNumber,
  type DoubleDouble,
  type Moments,
} from '@assay/stats';
import type { MetricMoments } from '../units/moments.js';

/**
 * Raw sums as means and centred products. `Q - S1·S2/n` loses every digit when the mean is large against the spread; in
 * double-double precision there are 32 to lose.
 */
export function toStatsMoments({ n, sums, products }: MetricMoments): Moments {
  if (n === 0)
    return freezeMoments(
      0,
      sums.map(() => 0),
      products.map(() => 0),
    );
  const centred = products.map((product, index) => {
    const [row, column] = cornerOf(index, sums.length);
    const expected = divideByNumber(multiplyDouble(at(sums, row), at(sums, column)), n);
    const rest = toNumber(addDouble(product, negate(expected)));
    return row === column ? Math.max(0, rest) : rest;
  });
  return freezeMoments(
    n,
    sums.map((sum) => toNumber(divideByNumber(sum, n))),
    centred,
  );
}

const at = (sums: readonly DoubleDouble[], index: number): DoubleDouble => sums[index] ?? { high: 0, low: 0 };

/** Row and column of a place in the upper triangle, row by row. */
function cornerOf(index: number, size: number): [number, number] {
  let row = 0;
  let start = 0;
  while (index - start >= size - row) {
    start += size - row;
    row += 1;
  }
  return [row, row + index - start];
}
