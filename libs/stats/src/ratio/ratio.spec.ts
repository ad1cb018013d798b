import fc from 'fast-check';
import { armEstimate } from '../effect/arm-estimate.js';
import { welchTest } from '../means/welch-test.js';
import { meanFromValues } from '../summary/mean-summary.js';
import { momentsFromValues } from '../summary/moments-from-values.js';
import { ratioFromSums, ratioFromValues } from '../summary/ratio-summary.js';
import { codeOf, expectAgree, valueOf } from '../testing/outcomes.js';
import { ratioCovariance } from './ratio-covariance.js';
import { ratioEffect } from './ratio-effect.js';
import { ratioSums } from './ratio-sums.js';
import { ratioMoments, ratioVariance } from './ratio-variance.js';

const views = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 30 })), {
  minLength: 3,
  maxLength: 50,
});
const summaryOf = (units: readonly (readonly [number, number])[]) =>
  ratioFromValues(
    units.map(([m]) => m),
    units.map(([, d]) => d),
  );

describe('ratio metrics', () => {
  it('have the variance of the linearised unit values', () => {
    fc.assert(
      fc.property(views, (units) => {
        const summary = summaryOf(units);
        const { mean, variance } = armEstimate(summary);
        const denominator = ratioMoments(summary).meanDenominator;
        const linearised = meanFromValues(units.map(([m, d]) => (m - mean * d) / denominator));
        expectAgree(variance, armEstimate(linearised).variance, 1e-9, 1 + variance);
      }),
    );
  });

  it('are means when every denominator is 1', () => {
    const [a, b] = [
      [1, 4, 2, 7],
      [3, 5, 5, 9, 2],
    ];
    const asRatio = (values: number[]) =>
      ratioFromValues(
        values,
        values.map(() => 1),
      );
    const ratio = valueOf(ratioEffect(asRatio(a), asRatio(b), 'absolute', 0.05));
    const mean = valueOf(welchTest(armEstimate(meanFromValues(a)), armEstimate(meanFromValues(b)), 0.05));
    expectAgree(ratio.estimate, mean.estimate, 1e-12);
    expectAgree(ratio.pValue, mean.pValue, 1e-10);
    expectAgree(ratio.ci[0], mean.ci[0], 1e-10);
  });

  it('do not change with the unit of the denominator, relatively', () => {
    fc.assert(
      fc.property(views, views, (a, b) => {
        const scaled = (units: typeof a) => summaryOf(units.map(([m, d]) => [m, d * 60] as const));
        const plain = ratioEffect(summaryOf(a), summaryOf(b), 'relative', 0.05);
        const other = ratioEffect(scaled(a), scaled(b), 'relative', 0.05);
        expect(codeOf(other)).toBe(codeOf(plain));
        if (plain.ok && other.ok)
          expectAgree(other.value.statistic, plain.value.statistic, 1e-7, 1 + Math.abs(plain.value.statistic));
      }),
      { numRuns: 50 },
    );
  });

  it('refuse denominators of 0, constant ratios and single units', () => {
    const some = ratioFromValues([1, 2, 3], [2, 2, 4]);
    expect(codeOf(ratioEffect(ratioFromValues([1, 2], [0, 0]), some, 'absolute', 0.05))).toBe('ZERO_DENOMINATOR');
    expect(codeOf(ratioEffect(ratioFromValues([1, 2], [1, 2]), some, 'absolute', 0.05))).toBe('ZERO_VARIANCE');
    expect(codeOf(ratioEffect(ratioFromValues([1], [2]), some, 'absolute', 0.05))).toBe('TOO_FEW_UNITS');
    expect(codeOf(ratioEffect(ratioFromValues([0, 0, 0], [1, 2, 3]), some, 'relative', 0.05))).toBe('ZERO_VARIANCE');
    expect(ratioVariance({ ...ratioMoments(some), meanDenominator: 0 })).toBe(0);
  });

  it('have no variance when all units have one ratio, whatever rounding leaves of it', () => {
    const d = [1, 2, 3, 5, 8, 13, 21];
    for (const slope of [1 / 3, 0.1, 7.77, 1e-6]) {
      const constant = ratioFromValues(
        d.map((value) => slope * value),
        d,
      );
      expect(ratioVariance(ratioMoments(constant))).toBe(0);
    }
    const almost = ratioFromValues(
      d.map((value, i) => value / 3 + (i % 2) * 1e-5),
      d,
    );
    expect(ratioVariance(ratioMoments(almost))).toBeGreaterThan(0);
  });

  it('sum up as a query would', () => {
    const sums = ratioSums([1, 2, 3], [2, 2, 4]);
    expect(sums).toEqual({
      n: 3,
      numeratorSum: 6,
      numeratorSquares: 14,
      denominatorSum: 8,
      denominatorSquares: 24,
      product: 18,
    });
    expectAgree(armEstimate(ratioFromSums(sums)).variance, armEstimate(ratioFromValues([1, 2, 3], [2, 2, 4])).variance);
    expect(() => ratioSums([1], [1, 2])).toThrow(RangeError);
  });
});

describe('covariance of two ratios', () => {
  it('is the variance when they are the same', () => {
    const [m, d] = [
      [1, 5, 2, 8, 3],
      [2, 6, 3, 9, 7],
    ];
    const twice = momentsFromValues([m, d, m, d]);
    expectAgree(valueOf(ratioCovariance(twice)), armEstimate(ratioFromValues(m, d)).variance, 1e-12);
  });

  it('refuses denominators of 0 and single units', () => {
    expect(
      codeOf(
        ratioCovariance(
          momentsFromValues([
            [1, 2],
            [0, 0],
            [1, 2],
            [1, 1],
          ]),
        ),
      ),
    ).toBe('ZERO_DENOMINATOR');
    expect(codeOf(ratioCovariance(momentsFromValues([[1], [1], [1], [1]])))).toBe('TOO_FEW_UNITS');
  });
});
