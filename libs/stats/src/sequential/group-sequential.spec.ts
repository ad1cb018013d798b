import fc from 'fast-check';
import { normalQuantile, normalSurvivalQuantile } from '../distributions/normal.js';
import { spentAlpha, type GroupBoundary, type SpendingBoundary } from './group-boundary.js';
import { groupSequentialBounds, type GroupSequentialBounds } from './group-sequential-bounds.js';
import { groupSequentialDecision } from './group-sequential-decision.js';
import { groupSequentialInflation } from './group-sequential-inflation.js';
import { informationFractions } from './information-fractions.js';
import { repeatedInterval } from './repeated-interval.js';

const equal = (looks: number): number[] => Array.from({ length: looks }, (_look, index) => (index + 1) / looks);

function bounds(fractions: number[], alphaOneSided: number, boundary: GroupBoundary): GroupSequentialBounds {
  const outcome = groupSequentialBounds({ informationFractions: fractions, alphaOneSided, boundary });
  if (!outcome.ok) throw new Error(outcome.refusal.message);
  return outcome.value;
}

describe('groupSequentialBounds', () => {
  it('is the fixed-horizon test with one look', () => {
    const kinds = ['obrien-fleming', 'pocock', 'obrien-fleming-classic', 'pocock-classic', 'haybittle-peto'] as const;
    for (const kind of kinds) expect(bounds([1], 0.025, { kind }).criticalValues[0]).toBeCloseTo(1.959963984540054, 10);
  });

  it('gives the constants of the literature', () => {
    // Jennison & Turnbull 2000, tables 2.1 and 2.3, two-sided 0.05.
    for (const [looks, pocock, obrienFleming] of [
      [2, 2.178, 1.977],
      [3, 2.289, 2.004],
      [5, 2.413, 2.04],
      [10, 2.555, 2.087],
    ] as const) {
      expect(bounds(equal(looks), 0.025, { kind: 'pocock-classic' }).criticalValues[0]).toBeCloseTo(pocock, 3);
      expect(bounds(equal(looks), 0.025, { kind: 'obrien-fleming-classic' }).criticalValues[looks - 1]).toBeCloseTo(
        obrienFleming,
        3,
      );
    }
  });

  it('spends what its function says by every look, whatever the schedule', () => {
    const boundary = fc.constantFrom<SpendingBoundary>(
      { kind: 'obrien-fleming' },
      { kind: 'pocock' },
      { kind: 'power', rho: 3 },
      { kind: 'hwang-shih-decani', gamma: -4 },
      { kind: 'hwang-shih-decani', gamma: 0 },
    );
    const schedule = fc
      .uniqueArray(fc.integer({ min: 3, max: 100 }), { minLength: 1, maxLength: 6 })
      .map((hundredths) => hundredths.sort((a, b) => a - b).map((share) => share / 100));
    fc.assert(
      fc.property(boundary, schedule, fc.constantFrom(0.025, 0.005, 0.1), (spending, fractions, alpha) => {
        const { cumulativeAlphaSpent, criticalValues } = bounds(fractions, alpha, spending);
        fractions.forEach((t, look) => {
          const spent = spentAlpha(spending, t, alpha);
          if (spent < 1e-280) return;
          expect((cumulativeAlphaSpent[look] ?? NaN) / spent).toBeCloseTo(1, 9);
          expect(criticalValues[look]).toBeGreaterThan(normalSurvivalQuantile(alpha) - 1e-9);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('stays exact when a look follows right after another', () => {
    const { criticalValues, cumulativeAlphaSpent } = bounds([0.5, 0.502, 1], 0.025, { kind: 'pocock' });
    expect(criticalValues[1]).toBeGreaterThan(criticalValues[0] ?? Infinity);
    expect(cumulativeAlphaSpent[2]).toBeCloseTo(0.025, 12);
  });

  it('keeps the paths that early looks leave between boundaries far out', () => {
    // 40-digit quadrature of the two looks.
    const daily = bounds(equal(60), 0.025, { kind: 'obrien-fleming' });
    expect(daily.criticalValues[1]).toBeCloseTo(12.2204481372704, 8);
    expect(daily.cumulativeAlphaSpent[59]).toBeCloseTo(0.025, 10);
    for (let look = 1; look < 60; look++) {
      expect(daily.criticalValues[look]).toBeLessThan(daily.criticalValues[look - 1] ?? NaN);
    }
    const early = bounds([0.05, 0.06, 1], 0.025, { kind: 'obrien-fleming' });
    expect(early.criticalValues[0]).toBeCloseTo(9.95514557745584, 9);
    expect(early.criticalValues[1]).toBeCloseTo(9.07532009123758, 8);
  });

  it('repeats the boundary of a look that brings no information, and spends its share later', () => {
    const repeated = bounds([0.4, 0.400001, 1], 0.025, { kind: 'obrien-fleming' });
    const plain = bounds([0.4, 1], 0.025, { kind: 'obrien-fleming' });
    expect(repeated.criticalValues).toEqual([
      plain.criticalValues[0],
      plain.criticalValues[0],
      plain.criticalValues[1],
    ]);
    expect(repeated.cumulativeAlphaSpent[2]).toBeCloseTo(0.025, 12);
  });

  it('gives Haybittle-Peto plans 3 at the interim looks and what is left at the last', () => {
    const { criticalValues, cumulativeAlphaSpent } = bounds(equal(4), 0.025, { kind: 'haybittle-peto' });
    expect(criticalValues.slice(0, 3)).toEqual([3, 3, 3]);
    expect(criticalValues[3]).toBeGreaterThan(1.96);
    expect(criticalValues[3]).toBeLessThan(2.02);
    expect(cumulativeAlphaSpent[3]).toBeCloseTo(0.025, 12);
    const spendthrift = {
      informationFractions: equal(4),
      alphaOneSided: 0.001,
      boundary: { kind: 'haybittle-peto' } as const,
    };
    expect(groupSequentialBounds(spendthrift)).toMatchObject({ ok: false, refusal: { code: 'PLAN_INVALID' } });
  });

  it('refuses fractions and parameters it cannot use', () => {
    const code = (fractions: number[], alphaOneSided = 0.025, boundary: GroupBoundary = { kind: 'pocock' }) => {
      const outcome = groupSequentialBounds({ informationFractions: fractions, alphaOneSided, boundary });
      return outcome.ok ? null : outcome.refusal.code;
    };
    expect(code([])).toBe('PLAN_INVALID');
    expect(code([0, 1])).toBe('PLAN_INVALID');
    expect(code([0.6, 0.5])).toBe('PLAN_INVALID');
    expect(code([0.5, 1.2])).toBe('PLAN_INVALID');
    expect(code([NaN])).toBe('PLAN_INVALID');
    expect(code([0.5, 1], 0.5)).toBe('ALPHA_OUT_OF_RANGE');
    expect(code([0.5, 1], 0.025, { kind: 'power', rho: 0 })).toBe('PLAN_INVALID');
    expect(code([0.5, 1], 0.025, { kind: 'hwang-shih-decani', gamma: NaN })).toBe('PLAN_INVALID');
    expect(code([0.5, 1], 0.025, { kind: 'haybittle-peto', interim: -1 })).toBe('PLAN_INVALID');
  });
});

describe('groupSequentialInflation', () => {
  it('costs nothing with one look, and more for Pocock than for O’Brien-Fleming', () => {
    const factor = (boundary: GroupBoundary, looks: number): number => {
      const fractions = equal(looks);
      const { criticalValues } = bounds(fractions, 0.025, boundary);
      const outcome = groupSequentialInflation(fractions, criticalValues, 0.025, 0.9);
      if (!outcome.ok) throw new Error(outcome.refusal.message);
      expect(outcome.value.expectedInformation).toBeLessThanOrEqual(1);
      return outcome.value.inflationFactor;
    };
    expect(factor({ kind: 'pocock' }, 1)).toBeCloseTo(1, 10);
    // Jennison & Turnbull 2000, tables 2.2 and 2.4: five looks, power 0.9.
    expect(factor({ kind: 'pocock-classic' }, 5)).toBeCloseTo(1.207, 3);
    expect(factor({ kind: 'obrien-fleming-classic' }, 5)).toBeCloseTo(1.026, 3);
  });

  it('refuses power below alpha and boundaries of another plan', () => {
    expect(groupSequentialInflation([1], [1.96], 0.025, 0.01)).toMatchObject({ ok: false });
    expect(groupSequentialInflation([0.5, 1], [1.96], 0.025, 0.8)).toMatchObject({
      ok: false,
      refusal: { code: 'PLAN_INVALID' },
    });
  });
});

describe('groupSequentialDecision', () => {
  it('stops at the first look beyond its boundary, on either side when two-sided', () => {
    expect(groupSequentialDecision([3, 2.5, 2], [-2, -2.6, 0]).firstCrossingLook).toBe(2);
    expect(groupSequentialDecision([3, 2.5, 2], [-2, -2.6, 0], 1).firstCrossingLook).toBeNull();
    expect(groupSequentialDecision([3, 2.5, 2], [1]).looks).toHaveLength(1);
  });

  it('agrees with the repeated interval', () => {
    fc.assert(
      fc.property(fc.double({ min: -6, max: 6, noNaN: true }), fc.double({ min: 1, max: 5, noNaN: true }), (z, c) => {
        const [low, high] = repeatedInterval(z * 0.3, 0.3, c);
        const crossed = groupSequentialDecision([c], [z]).firstCrossingLook === 1;
        if (Math.abs(Math.abs(z) - c) > 1e-9) expect(crossed).toBe(low > 0 || high < 0);
      }),
    );
  });
});

describe('informationFractions', () => {
  it('measures against the plan, or against what came when the plan was overrun', () => {
    expect(informationFractions([100, 250], 1000)).toEqual([0.1, 0.25]);
    expect(informationFractions([250, 450, 630, 810], 300)).toEqual([250 / 810, 450 / 810, 630 / 810, 1]);
  });
});

describe('power of the plan', () => {
  it('has alpha as its power without an effect: the null crossing probabilities add up', () => {
    const { criticalValues, cumulativeAlphaSpent } = bounds(equal(6), 0.05, { kind: 'pocock-classic' });
    expect(new Set(criticalValues).size).toBe(1);
    expect(cumulativeAlphaSpent[5]).toBeCloseTo(0.05, 10);
    expect(normalQuantile(1 - (cumulativeAlphaSpent[0] ?? 0))).toBeCloseTo(criticalValues[0] ?? NaN, 9);
  });
});
