import fc from 'fast-check';
import { codeOf, expectAgree, valueOf } from '../testing/outcomes.js';
import { loadVectors } from '../testing/load-vectors.js';
import { quantileEffect } from './quantile-effect.js';
import { quantileEstimate, refuseQuantile } from './quantile-estimate.js';
import {
  gridSize,
  intervalLevels,
  quantileFromClusters,
  quantileFromSorted,
  quantileFromValues,
} from './quantile-summary.js';
import { sampleQuantile, sortedValues } from './sample-quantile.js';

interface RawCase {
  readonly control: { n: number; nu: number; quantile: number; lower: number; upper: number; nStar: number };
  readonly raw?: { readonly control: number[] | number[][] };
}

interface RawClusters {
  readonly control: {
    nClusters: number;
    sSum: number;
    sSumSquares: number;
    nSum: number;
    nSumSquares: number;
    snSum: number;
  };
  readonly raw?: { readonly control: number[][] };
}

describe('sample quantiles', () => {
  it('interpolate between order statistics', () => {
    expect(sampleQuantile([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect(sampleQuantile([1, 2, 3, 4], 0.25)).toBe(1.75);
    expect(sampleQuantile([10], 0.9)).toBe(10);
    expect(sampleQuantile([], 0.5)).toBeNaN();
    expect(sampleQuantile([1, 2], 1.5)).toBeNaN();
  });

  it('rise with the level and stay within the data', () => {
    const sample = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 });
    const level = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(sample, level, level, (values, a, b) => {
        const sorted = sortedValues(values);
        const [low, high] = [sampleQuantile(sorted, Math.min(a, b)), sampleQuantile(sorted, Math.max(a, b))];
        expect(low).toBeLessThanOrEqual(high);
        expect(low).toBeGreaterThanOrEqual(sorted[0] ?? NaN);
        expect(high).toBeLessThanOrEqual(sorted[sorted.length - 1] ?? NaN);
      }),
    );
  });
});

describe('quantile metrics', () => {
  it('summarise raw values as the vectors do', () => {
    const cases = loadVectors('quantiles')?.cases ?? [];
    for (const { input } of cases) {
      const { control, raw } = input as RawCase;
      const values = raw?.control.flat();
      if (values === undefined) continue;
      const summary = quantileFromSorted(sortedValues(values), control.nu);
      for (const field of ['n', 'nStar', 'quantile', 'lower', 'upper'] as const) {
        expectAgree(summary[field], control[field], 1e-7);
      }
    }
  });

  it('count clusters as the vectors do', () => {
    const cases =
      loadVectors('quantiles')?.cases.filter((vector) => vector.function === 'quantileClusteredEffect') ?? [];
    for (const { input } of cases) {
      const { control, raw } = input as RawClusters;
      if (raw === undefined) continue;
      expect(quantileFromClusters(raw.control, 0.5).clusters).toEqual({
        count: control.nClusters,
        belowSum: control.sSum,
        belowSquares: control.sSumSquares,
        sizeSum: control.nSum,
        sizeSquares: control.nSumSquares,
        product: control.snSum,
      });
    }
  });

  it('have about the variance that theory gives', () => {
    // Median of the uniform distribution on [0, 1]: per-value variance nu (1-nu) / f² = 1/4.
    const grid = Array.from({ length: 20_001 }, (_, i) => i / 20_000);
    const { mean, variance } = valueOf(quantileEstimate(quantileFromSorted(grid, 0.5)));
    expect(mean).toBe(0.5);
    expect(variance).toBeCloseTo(0.25, 3);
  });

  it('are not surer by counting each event several times within a unit', () => {
    const values = Array.from({ length: 400 }, (_, i) => (i * 7919) % 1009);
    const single = valueOf(
      quantileEstimate(
        quantileFromClusters(
          values.map((value) => [value]),
          0.5,
        ),
      ),
    );
    const fourfold = valueOf(
      quantileEstimate(
        quantileFromClusters(
          values.map((value) => [value, value, value, value]),
          0.5,
        ),
      ),
    );
    expectAgree(fourfold.variance / fourfold.n, single.variance / single.n, 0.05);
  });

  it('have their floor after the clusters are counted in, as GrowthBook', () => {
    // One value per unit: the clustered variance is that of independent values, so the floor is all that is left.
    const tight = Array.from({ length: 400 }, (_, i) => 1 + ((i * 7919) % 1009) * 1e-9);
    const single = quantileFromClusters(
      tight.map((value) => [value]),
      0.5,
    );
    expect(valueOf(quantileEstimate(single)).variance).toBe(1e-5);
    const fourfold = quantileFromClusters(
      tight.map((value) => [value, value, value, value]),
      0.5,
    );
    expect(valueOf(quantileEstimate(fourfold)).variance).toBe(1e-5);
    const few = quantileFromClusters(
      tight.slice(0, 90).map((value) => [value]),
      0.5,
    );
    expect(valueOf(quantileEstimate(few)).variance).toBeLessThan(1e-10);
  });

  it('take a wider interval where ties leave none, as long as it stays within the values', () => {
    // 5200 zeros and then 1 … 4800: the interval of 10 000 values ends within the zeros, that of 1600 does not.
    const values = Float64Array.from({ length: 10_000 }, (_, i) => Math.max(0, i - 5199));
    const summary = quantileFromValues(values.slice().reverse(), 0.5);
    expect(summary).toEqual(quantileFromSorted(values, 0.5));
    expect(summary).toMatchObject({ n: 10_000, nStar: 1600, quantile: 0, lower: 0 });
    expect(summary.upper).toBe(sampleQuantile(values, intervalLevels(0.5, 1600)[1]));
    const { variance } = valueOf(quantileEstimate(summary));
    expect(variance).toBeCloseTo(0.16 * 9999 * (summary.upper / (2 * 1.959963984540054)) ** 2, 6);
    // The 99th percentile of fewer than 381 values has no interval: ties there stay a refusal.
    const high = Float64Array.from({ length: 500 }, (_, i) => Math.min(i, 470));
    expect(refuseQuantile(quantileFromSorted(high, 0.99))?.code).toBe('QUANTILE_UNRELIABLE');
    expect(quantileFromSorted(high, 0.99).nStar).toBe(500);
  });

  it('shift with the data, and mirror with the arms', () => {
    const base = Array.from({ length: 500 }, (_, i) => (i * 7919) % 1009);
    const control = quantileFromSorted(sortedValues(base), 0.9);
    const treatment = quantileFromSorted(sortedValues(base.map((value) => value + 30)), 0.9);
    const there = valueOf(quantileEffect(control, treatment, 'absolute', 0.05));
    expectAgree(there.estimate, 30, 1e-12);
    expectAgree(valueOf(quantileEffect(treatment, control, 'absolute', 0.05)).estimate, -30, 1e-12);
    expect(valueOf(quantileEffect(control, treatment, 'relative', 0.05)).estimate).toBeCloseTo(
      30 / control.quantile,
      12,
    );
  });

  it('refuse too few values, ties around the quantile, and what is no level', () => {
    const of = (n: number, nu: number, value = (i: number) => i) =>
      quantileFromSorted(
        Array.from({ length: n }, (_, i) => value(i)),
        nu,
      );
    expect(refuseQuantile(of(0, 0.5))?.code).toBe('NO_UNITS');
    expect(refuseQuantile(of(380, 0.99))?.code).toBe('TOO_FEW_UNITS');
    expect(refuseQuantile(of(380, 0.01))?.code).toBe('TOO_FEW_UNITS');
    expect(refuseQuantile(of(381, 0.99))).toBeNull();
    expect(refuseQuantile(of(500, 0.5, () => 7))?.code).toBe('QUANTILE_UNRELIABLE');
    expect(refuseQuantile({ ...of(500, 0.5), nu: 1 })?.code).toBe('INVALID_INPUT');
    expect(refuseQuantile({ ...of(500, 0.5), upper: Infinity })?.code).toBe('INVALID_INPUT');
    expect(codeOf(quantileEffect(of(500, 0.5), of(2, 0.5), 'absolute', 0.05))).toBe('TOO_FEW_UNITS');
    expect(codeOf(quantileEstimate(quantileFromClusters([Array.from({ length: 50 }, (_, i) => i)], 0.5)))).toBe(
      'TOO_FEW_UNITS',
    );
  });

  it('keep their levels on the grid that a query can know before it counts', () => {
    expect([50, 100, 101, 200, 201, 3593, 1608, 1e9].map(gridSize)).toEqual([
      50, 100, 100, 100, 200, 3200, 1600, 52_428_800,
    ]);
    const [low, high] = intervalLevels(0.99, 10);
    expect(low).toBeLessThan(0.99);
    expect(high).toBe(1);
  });
});
