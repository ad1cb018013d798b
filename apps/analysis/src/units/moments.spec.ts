import { addDouble, twoProduct, twoSum, ZERO, type DoubleDouble } from '@assay/stats';
import fc from 'fast-check';
import { addMoments, addUnit, momentCount, readMoments } from './moments.js';

const amount = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }),
  fc.integer({ min: -1_000, max: 1_000 }),
  fc.constantFrom(0.1, 1e-300, 1 / 3, 9_007_199_254_740_991),
);
const units = (k: number) => fc.array(fc.array(amount, { minLength: k, maxLength: k }), { maxLength: 30 });

/** The sums by the library's own arithmetic of pairs. */
function summed(amounts: readonly DoubleDouble[]): DoubleDouble {
  return amounts.reduce(
    (total, each) => {
      const { high, low } = addDouble(total, each);
      return twoSum(high, low);
    },
    { high: 0, low: 0 },
  );
}

it('sums quantities and their products as pairs of doubles are added', () => {
  fc.assert(
    fc.property(units(2), (all) => {
      const moments = new Float64Array(momentCount(2));
      for (const values of all) addUnit(moments, 0, values, 1);
      const of = (at: (values: readonly number[]) => DoubleDouble) => summed(all.map(at));
      const value = (index: number) => of((values) => ({ high: values[index] ?? 0, low: 0 }));
      const product = (row: number, column: number) =>
        of((values) => twoProduct(values[row] ?? 0, values[column] ?? 0));
      expect(readMoments(moments, 0, 2)).toEqual({
        n: all.length,
        sums: [value(0), value(1)],
        products: [product(0, 0), product(0, 1), product(1, 1)],
      });
    }),
  );
});

it('leaves nothing of units that are taken away again, in any order', () => {
  fc.assert(
    fc.property(units(1), units(1), (stay, go) => {
      const expected = new Float64Array(momentCount(1));
      for (const values of stay) addUnit(expected, 0, values, 1);
      const moments = new Float64Array(momentCount(1));
      for (const values of [...go, ...stay]) addUnit(moments, 0, values, 1);
      for (const values of [...go].reverse()) addUnit(moments, 0, values, -1);
      const [left, kept] = [readMoments(moments, 0, 1), readMoments(expected, 0, 1)];
      expect(left.n).toBe(kept.n);
      const scale = Math.max(1, ...[...stay, ...go].map(([value]) => Math.abs(value ?? 0)));
      const [a = ZERO, b = ZERO] = [left.sums[0], kept.sums[0]];
      expect(Math.abs(a.high - b.high + (a.low - b.low))).toBeLessThan(scale * 1e-25);
    }),
  );
});

it('adds arms of several metrics, each at its place', () => {
  const [a, b] = [new Float64Array(momentCount(1) + momentCount(2)), new Float64Array(momentCount(1) + momentCount(2))];
  addUnit(a, 0, [3], 1);
  addUnit(a, momentCount(1), [1, 2], 1);
  addUnit(b, 0, [4], 1);
  addUnit(b, momentCount(1), [5, 6], 1);
  addMoments(a, b, [1, 2]);
  const exact = (high: number): DoubleDouble => ({ high, low: 0 });
  expect(readMoments(a, 0, 1)).toEqual({ n: 2, sums: [exact(7)], products: [exact(25)] });
  expect(readMoments(a, momentCount(1), 2)).toEqual({
    n: 2,
    sums: [exact(6), exact(8)],
    products: [exact(26), exact(32), exact(40)],
  });
});
