import fc from 'fast-check';
import { meanFromVariance } from '../summary/mean-summary.js';
import { proportionSummary } from '../summary/proportion-summary.js';
import { compareArms } from './compare-arms.js';
import type { Comparison } from './comparison.js';

describe('properties', () => {
  const mean = fc
    .tuple(
      fc.integer({ min: 2, max: 100_000 }),
      fc.double({ min: -100, max: 100, noNaN: true }),
      fc.double({ min: 0.01, max: 1000, noNaN: true }),
    )
    .map(([n, value, variance]) => meanFromVariance(n, value, variance));
  const proportion = fc
    .tuple(fc.integer({ min: 1, max: 100_000 }), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([n, rate]) => proportionSummary(n, Math.round(n * rate)));
  const arms = fc.oneof(fc.tuple(mean, mean), fc.tuple(proportion, proportion));

  it('swapping the arms mirrors signs and interval and keeps the p-value', () => {
    fc.assert(
      fc.property(arms, ([a, b]) => {
        const there = compareArms({ control: a, treatment: b });
        const back = compareArms({ control: b, treatment: a });
        expect(back.absolute?.estimate).toBeCloseTo(-(there.absolute?.estimate ?? NaN), 10);
        expect(back.absolute?.ci[0]).toBeCloseTo(-(there.absolute?.ci[1] ?? NaN), 8);
        if (there.pValue === null) expect(back.pValue).toBeNull();
        else expect(back.pValue).toBeCloseTo(there.pValue, 10);
        if (there.statistic !== null) expect(back.statistic).toBeCloseTo(-there.statistic, 8);
      }),
      { numRuns: 200 },
    );
  });

  it('adding a constant to every unit moves no absolute effect', () => {
    fc.assert(
      fc.property(mean, mean, fc.integer({ min: -1_000_000, max: 1_000_000 }), (a, b, shift) => {
        const moved = (arm: typeof a) => meanFromVariance(arm.n, (arm.moments.means[0] ?? 0) + shift, variance(arm));
        const there = compareArms({ control: a, treatment: b });
        const shifted = compareArms({ control: moved(a), treatment: moved(b) });
        expect(shifted.absolute?.estimate).toBeCloseTo(there.absolute?.estimate ?? NaN, 8);
        expect(shifted.absolute?.standardError).toBeCloseTo(there.absolute?.standardError ?? NaN, 10);
        expect(shifted.pValue).toBeCloseTo(there.pValue ?? NaN, 6);
      }),
      { numRuns: 200 },
    );
  });

  it('never shows a number that is not one', () => {
    const anything = fc.oneof(fc.double(), fc.nat(10), fc.constantFrom(0, -1, NaN, Infinity, 1e300, 1e-300));
    const wild = fc.oneof(
      fc.tuple(anything, anything, anything).map(([n, value, spread]) => meanFromVariance(n, value, spread)),
      fc.tuple(anything, anything).map(([n, successes]) => proportionSummary(n, successes)),
    );
    fc.assert(
      fc.property(wild, wild, (control, treatment) => {
        const comparison = compareArms({ control, treatment });
        expect(holdsNaN(comparison)).toBe(false);
        if (comparison.pValue === null) expect(comparison.refusal).not.toBeNull();
        else expect(comparison.pValue >= 0 && comparison.pValue <= 1).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

function variance(summary: ReturnType<typeof meanFromVariance>): number {
  return (summary.moments.products[0] ?? 0) / (summary.n - 1);
}

function holdsNaN(value: Comparison | object | number | string | boolean | null | undefined): boolean {
  if (typeof value === 'number') return Number.isNaN(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((part: object | number | string | boolean | null) => holdsNaN(part));
}
