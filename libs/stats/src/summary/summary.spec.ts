import fc from 'fast-check';
import { expectAgree } from '../testing/outcomes.js';
import { addObservation } from './add-observation.js';
import {
  addToCovariate,
  covariateFromSums,
  covariateFromValues,
  emptyCovariate,
  mergeCovariates,
} from './covariate-summary.js';
import { differenceOfProducts } from './difference-of-products.js';
import { addToMean, emptyMean, meanFromProportion, meanFromSums, meanFromValues, mergeMeans } from './mean-summary.js';
import { mergeMoments } from './merge-moments.js';
import { mergeSummaries, type Summary } from './merge-summaries.js';
import { momentsFromValues } from './moments-from-values.js';
import { covarianceOf, emptyMoments, meanOf, varianceOf, type Moments } from './moments.js';
import { mergeProportions, proportionFromValues, proportionSummary } from './proportion-summary.js';
import {
  addToRatioCovariate,
  emptyRatioCovariate,
  mergeRatioCovariates,
  ratioCovariateFromSums,
  ratioCovariateFromValues,
} from './ratio-covariate-summary.js';
import { addToRatio, emptyRatio, mergeRatios, ratioFromSums, ratioFromValues } from './ratio-summary.js';

const offset = fc.constantFrom(0, 1e8, 3e9, -3e9);
const deviation = fc.integer({ min: -4096, max: 4096 }).map((k) => k / 64);
/** Units with two values each, around an offset of either; deviations are exact in binary at 3e9. */
const units = (minLength: number) =>
  fc
    .tuple(offset, offset, fc.array(fc.tuple(deviation, deviation), { minLength, maxLength: 60 }))
    .map(([a, b, pairs]) => pairs.map(([x, y]): [number, number] => [a + x, b + y]));

function momentsOf(pairs: readonly (readonly [number, number])[]): Moments {
  return pairs.reduce((moments, pair) => addObservation(moments, pair), emptyMoments(2));
}

/** A mean is rounded to a double, and that rounding times the spread is all a product may be off by. */
function expectSameMoments(got: Moments, expected: Moments): void {
  expect(got.n).toBe(expected.n);
  const size = 64 + Math.max(...expected.means.map(Math.abs));
  got.means.forEach((mean, i) => expectAgree(mean, expected.means[i] ?? NaN, 1e-15, 2 * size));
  got.products.forEach((product, i) => expectAgree(product, expected.products[i] ?? NaN, 1e-15, got.n * 64 * size));
}

describe('moments', () => {
  it('keep the variance of values at a large offset', () => {
    for (const base of [0, 1e8, 3e9, 1e12]) {
      const { moments } = meanFromValues([4, 7, 13, 16].map((value) => base + value));
      expect(varianceOf(moments)).toBe(30);
      expect(meanOf(moments)).toBe(base + 10);
    }
  });

  it('keep it also when units come one by one and shards are merged', () => {
    const values = Array.from({ length: 3000 }, (_, i) => 3e9 + ((i * 7919) % 1000) / 8);
    const exact = momentsFromValues([values.map((value) => value - 3e9)]);
    const [left, right] = [values.slice(0, 700), values.slice(700)];
    const added = (part: readonly number[]) => part.reduce(addToMean, emptyMean());
    for (const summary of [added(values), mergeMeans(added(left), added(right)), meanFromValues(values)]) {
      expectAgree(varianceOf(summary.moments), varianceOf(exact), 1e-9);
    }
  });

  it('merging is commutative to the last digit', () => {
    fc.assert(
      fc.property(units(0), units(0), (a, b) => {
        const [left, right] = [momentsOf(a), momentsOf(b)];
        const there = mergeMoments(left, right);
        const back = mergeMoments(right, left);
        expect(there).toEqual(back);
      }),
      { numRuns: 200 },
    );
  });

  it('merging is associative, and equals all units at once, wherever the data are cut', () => {
    fc.assert(
      fc.property(units(1), fc.nat(60), fc.nat(60), (pairs, i, j) => {
        const [first, second] = [Math.min(i, j), Math.max(i, j)];
        const parts = [pairs.slice(0, first), pairs.slice(first, second), pairs.slice(second)].map(momentsOf);
        const [a, b, c] = parts as [Moments, Moments, Moments];
        const whole = momentsFromValues([pairs.map(([x]) => x), pairs.map(([, y]) => y)]);
        expectSameMoments(mergeMoments(mergeMoments(a, b), c), whole);
        expectSameMoments(mergeMoments(a, mergeMoments(b, c)), whole);
        expectSameMoments(momentsOf(pairs), whole);
      }),
      { numRuns: 200 },
    );
  });

  it('an empty side changes nothing', () => {
    const some = momentsOf([
      [1, 2],
      [3, 5],
    ]);
    expect(mergeMoments(some, emptyMoments(2))).toBe(some);
    expect(mergeMoments(emptyMoments(2), some)).toBe(some);
  });

  it('are frozen through and through', () => {
    const { moments } = meanFromValues([1, 2]);
    expect(Object.isFrozen(moments) && Object.isFrozen(moments.means) && Object.isFrozen(moments.products)).toBe(true);
  });

  it('of different variables cannot be merged', () => {
    expect(() => mergeMoments(emptyMoments(1), emptyMoments(2))).toThrow(RangeError);
    expect(() => momentsFromValues([[1, 2], [1]])).toThrow(RangeError);
  });
});

describe('from raw sums', () => {
  it('equals the values behind them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 0, max: 50 })), { minLength: 2 }),
        (pairs) => {
          const [m, d] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)];
          const sum = (f: (x: number, y: number) => number) => pairs.reduce((total, [x, y]) => total + f(x, y), 0);
          const fromSums = ratioFromSums({
            n: pairs.length,
            numeratorSum: sum((x) => x),
            numeratorSquares: sum((x) => x * x),
            denominatorSum: sum((_, y) => y),
            denominatorSquares: sum((_, y) => y * y),
            product: sum((x, y) => x * y),
          });
          const fromValues = ratioFromValues(m, d);
          for (const [i, j] of [
            [0, 0],
            [0, 1],
            [1, 1],
          ] as const) {
            const scale = 1 + Math.sqrt(varianceOf(fromValues.moments, i) * varianceOf(fromValues.moments, j));
            expectAgree(covarianceOf(fromSums.moments, i, j), covarianceOf(fromValues.moments, i, j), 1e-12, scale);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('loses nothing that the sums still hold', () => {
    // n = 4 at 1e7: sums and squares are exact doubles, the difference of their products is not.
    const values = [4, 7, 13, 16].map((value) => 1e7 + value);
    const squares = values.reduce((sum, value) => sum + value * value, 0);
    expect(varianceOf(meanFromSums(4, 4e7 + 40, squares).moments)).toBe(30);
  });

  it('takes the rounding of a constant decimal for no variance, and whole numbers as they are', () => {
    for (const [n, value] of [
      [3, 0.1],
      [10, 1.1],
      [7, 1e-9],
      [1000, 19.99],
      [12, -0.3],
    ] as const) {
      expect(varianceOf(meanFromSums(n, n * value, n * value * value).moments)).toBe(0);
    }
    expect(varianceOf(meanFromSums(3, 0.3, 0.03).moments)).toBe(0);
    expect(varianceOf(meanFromSums(10, 11, 12.1).moments)).toBe(0);
    // 1e7 and a unit more, and 1e7 and a unit less: the sums are exact, so is the variance.
    expect(varianceOf(meanFromSums(2, 2e7, 2e14 + 2).moments)).toBe(2);
    // A relative spread of 1e-6 is far above rounding, also of decimals.
    const values = [1.1, 1.100001, 1.100002];
    const sums = [values.reduce((a, b) => a + b), values.reduce((sum, value) => sum + value * value, 0)] as const;
    expectAgree(varianceOf(meanFromSums(3, ...sums).moments), 1e-12, 1e-3);
    // Nor does such a variable go along with another.
    const covariate = {
      n: 3,
      outcomeSum: 6,
      outcomeSquares: 14,
      covariateSum: 0.3,
      covariateSquares: 0.03,
      product: 0.6,
    };
    expect(covarianceOf(covariateFromSums(covariate).moments, 0, 1)).toBe(0);
  });

  it('never makes a negative variance', () => {
    expect(varianceOf(meanFromSums(3, 3, 2.9999999).moments)).toBe(0);
    expect(varianceOf(meanFromSums(1, 5, 25).moments)).toBe(0);
    expect(meanOf(meanFromSums(0, 0, 0).moments)).toBeNaN();
  });
});

describe('the difference of two products', () => {
  it('is exact where integers are', () => {
    const big = fc.integer({ min: -(2 ** 50), max: 2 ** 50 });
    fc.assert(
      fc.property(big, big, big, (a, b, c) => {
        const exact = BigInt(a) * BigInt(b) - BigInt(c) * BigInt(b + 1);
        expectAgree(differenceOfProducts(a, b, c, b + 1), Number(exact), 1e-15);
      }),
    );
  });

  it('still answers where the correction would overflow', () => {
    expect(differenceOfProducts(1e200, 1e100, 1, 1)).toBe(1e300);
  });
});

describe('every kind of summary', () => {
  const values: [number, number, number, number][] = [
    [3, 5, 1, 4],
    [0, 2, 2, 2],
    [7, 9, 6, 8],
    [2, 2, 0, 1],
    [4, 6, 5, 5],
  ];
  const column = (i: number) => values.map((row) => row[i] ?? NaN);
  const sum = (f: (row: readonly number[]) => number) => values.reduce((total, row) => total + f(row), 0);

  it('is the same from values, from sums, and unit by unit', () => {
    const ratio = ratioFromValues(column(0), column(1));
    expectSameMoments(values.reduce((all, [m, d]) => addToRatio(all, m, d), emptyRatio()).moments, ratio.moments);

    const covariate = covariateFromValues(column(0), column(2));
    const added = values.reduce((all, [y, , x]) => addToCovariate(all, y, x), emptyCovariate());
    expectSameMoments(added.moments, covariate.moments);
    const fromSums = covariateFromSums({
      n: values.length,
      outcomeSum: sum(([y = 0]) => y),
      outcomeSquares: sum(([y = 0]) => y * y),
      covariateSum: sum(([, , x = 0]) => x),
      covariateSquares: sum(([, , x = 0]) => x * x),
      product: sum(([y = 0, , x = 0]) => x * y),
    });
    expectSameMoments(fromSums.moments, covariate.moments);

    const four = ratioCovariateFromValues([0, 1, 2, 3].map(column));
    expectSameMoments(
      values.reduce((all, row) => addToRatioCovariate(all, row), emptyRatioCovariate()).moments,
      four.moments,
    );
    const crossSums = [0, 1, 2, 3].flatMap((i) =>
      [0, 1, 2, 3].filter((j) => j >= i).map((j) => sum((row) => (row[i] ?? 0) * (row[j] ?? 0))),
    );
    const totals = [0, 1, 2, 3].map((i) => sum((row) => row[i] ?? 0)) as [number, number, number, number];
    expectSameMoments(ratioCovariateFromSums(values.length, totals, crossSums).moments, four.moments);
  });

  it('merges with its own kind only', () => {
    const summaries: Summary[] = [
      proportionSummary(10, 3),
      meanFromValues(column(0)),
      ratioFromValues(column(0), column(1)),
      covariateFromValues(column(0), column(2)),
      ratioCovariateFromValues([0, 1, 2, 3].map(column)),
    ];
    for (const a of summaries) {
      for (const b of summaries) {
        if (a.kind === b.kind) expect(mergeSummaries(a, b).n).toBe(a.n + b.n);
        else expect(() => mergeSummaries<Summary>(a, b)).toThrow(RangeError);
      }
    }
  });

  it('keeps the kinds of outcome and covariate through merging', () => {
    const kinds = { outcomeKind: 'proportion', covariateKind: 'proportion' } as const;
    const merged = mergeCovariates(covariateFromValues([1, 0], [0, 1], kinds), covariateFromValues([1], [1], kinds));
    expect(merged).toMatchObject({ ...kinds, n: 3 });
  });

  it('counts proportions exactly', () => {
    expect(proportionFromValues([true, false, 1, 0, true])).toEqual(proportionSummary(5, 3));
    expect(mergeProportions(proportionSummary(5, 3), proportionSummary(7, 0))).toEqual(proportionSummary(12, 3));
    const asMean = meanFromProportion(proportionSummary(5, 3));
    expectSameMoments(asMean.moments, meanFromValues([1, 0, 1, 0, 1]).moments);
  });

  it('merges ratios and their covariates like the units behind them', () => {
    const [first, second] = [values.slice(0, 2), values.slice(2)];
    const of = (rows: typeof values) =>
      ratioCovariateFromValues([0, 1, 2, 3].map((i) => rows.map((row) => row[i] ?? NaN)));
    expectSameMoments(mergeRatioCovariates(of(first), of(second)).moments, of(values).moments);
    const ratioOf = (rows: typeof values) =>
      ratioFromValues(
        rows.map((row) => row[0]),
        rows.map((row) => row[1]),
      );
    expectSameMoments(mergeRatios(ratioOf(first), ratioOf(second)).moments, ratioOf(values).moments);
  });
});
