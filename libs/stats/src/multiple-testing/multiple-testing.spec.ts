import fc from 'fast-check';
import { normalSurvival, normalSurvivalQuantile } from '../distributions/normal.js';
import { adjustPValues } from './adjust-p-values.js';
import { adjustedAlphas } from './adjusted-alphas.js';
import { adjustedInterval } from './adjusted-interval.js';
import { CORRECTIONS, type Correction } from './correction.js';
import { falseCoverageIntervals } from './false-coverage-intervals.js';
import { oneSidedIntervals, type OneSidedCorrection, type OneSidedEffect } from './one-sided-intervals.js';
import { successGuardrailSplit } from './success-guardrail-split.js';

const pValue = fc.double({ min: 0, max: 1, noNaN: true });
const family = fc.array(pValue, { minLength: 1, maxLength: 12 });

function adjusted(pValues: number[], correction: Correction): number[] {
  const outcome = adjustPValues(pValues, correction);
  if (!outcome.ok) throw new Error(outcome.refusal.message);
  return outcome.value;
}

/** Hommel by definition: the largest Simes p-value of every intersection that contains the hypothesis. */
function closedSimes(pValues: number[]): number[] {
  const result = pValues.map(() => 0);
  for (let set = 1; set < 2 ** pValues.length; set++) {
    const members = pValues.map((_p, index) => index).filter((index) => set & (1 << index));
    const sorted = members.map((index) => pValues[index] ?? 1).sort((a, b) => a - b);
    const simes = Math.min(...sorted.map((p, rank) => (p * sorted.length) / (rank + 1)));
    for (const index of members) result[index] = Math.max(result[index] ?? 0, simes);
  }
  return result;
}

describe('adjustPValues', () => {
  it('keeps the order of p-values, never lowers one and never exceeds 1', () => {
    fc.assert(
      fc.property(family, fc.constantFrom(...CORRECTIONS), (pValues, correction) => {
        const result = adjusted(pValues, correction);
        pValues.forEach((p, i) => {
          expect(result[i]).toBeGreaterThanOrEqual(p * (1 - 1e-12));
          expect(result[i]).toBeLessThanOrEqual(1);
          pValues.forEach((q, j) => {
            if (p <= q) expect(result[i]).toBeLessThanOrEqual(result[j] ?? NaN);
          });
        });
      }),
      { numRuns: 300 },
    );
  });

  it('does not depend on the order the tests come in', () => {
    fc.assert(
      fc.property(family, fc.constantFrom(...CORRECTIONS), (pValues, correction) => {
        expect(adjusted([...pValues].reverse(), correction).reverse()).toEqual(adjusted(pValues, correction));
      }),
    );
  });

  it('lowers no adjusted p-value when a raw one grows (BH and the others are monotone)', () => {
    fc.assert(
      fc.property(family, fc.nat(), pValue, fc.constantFrom(...CORRECTIONS), (pValues, place, share, correction) => {
        const grown = [...pValues];
        const index = place % pValues.length;
        grown[index] = (grown[index] ?? 0) + (1 - (grown[index] ?? 0)) * share;
        const before = adjusted(pValues, correction);
        adjusted(grown, correction).forEach((p, i) => expect(p).toBeGreaterThanOrEqual((before[i] ?? 0) * (1 - 1e-12)));
      }),
    );
  });

  it('orders the corrections by power: hommel <= hochberg <= holm <= bonferroni, bh <= by, sidak <= bonferroni', () => {
    const pairs: [Correction, Correction][] = [
      ['hommel', 'hochberg'],
      ['hochberg', 'holm'],
      ['holm', 'bonferroni'],
      ['bh', 'hochberg'],
      ['bh', 'by'],
      ['sidak', 'bonferroni'],
      ['holm-sidak', 'holm'],
      ['hochberg-sidak', 'hochberg'],
    ];
    fc.assert(
      fc.property(family, fc.constantFrom(...pairs), (pValues, [stronger, weaker]) => {
        const weak = adjusted(pValues, weaker);
        adjusted(pValues, stronger).forEach((p, i) => expect(p).toBeLessThanOrEqual((weak[i] ?? 0) + 1e-12));
      }),
    );
  });

  it('gives for hommel the closed test of Simes, hypothesis by hypothesis', () => {
    fc.assert(
      fc.property(fc.array(pValue, { minLength: 1, maxLength: 7 }), (pValues) => {
        const expected = closedSimes(pValues);
        adjusted(pValues, 'hommel').forEach((p, i) => expect(p).toBeCloseTo(Math.min(1, expected[i] ?? NaN), 12));
      }),
      { numRuns: 100 },
    );
  });

  it('keeps the digits of p-values that 1 - (1 - p)^m would lose', () => {
    expect(adjusted([1e-300, 0.5, 0.5], 'sidak')[0]).toBeCloseTo(3e-300, 310);
    expect((adjusted([1e-300, 0.5, 0.5], 'sidak')[0] ?? 0) / 3e-300).toBeCloseTo(1, 12);
  });

  it('refuses what is not a probability, and answers an empty family with nothing', () => {
    for (const wrong of [NaN, -0.1, 1.1, Infinity]) {
      expect(adjustPValues([0.2, wrong], 'bh')).toMatchObject({ ok: false, refusal: { code: 'INVALID_INPUT' } });
    }
    expect(adjusted([], 'hommel')).toEqual([]);
  });
});

describe('adjustedAlphas', () => {
  it('rejects exactly the tests whose adjusted p-value is at most alpha', () => {
    const withLevels = CORRECTIONS.filter((correction) => correction !== 'hommel');
    fc.assert(
      fc.property(family, fc.constantFrom(...withLevels), (pValues, correction) => {
        const levels = adjustedAlphas(pValues, correction, 0.05);
        if (!levels.ok) throw new Error(levels.refusal.message);
        const result = adjusted(pValues, correction);
        pValues.forEach((p, i) => {
          const nearTie = Math.abs((result[i] ?? 0) - 0.05) < 1e-12;
          if (!nearTie) expect(p <= (levels.value[i] ?? NaN)).toBe((result[i] ?? NaN) <= 0.05);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('refuses hommel, a wrong alpha and a wrong p-value', () => {
    expect(adjustedAlphas([0.1], 'hommel', 0.05)).toMatchObject({ ok: false, refusal: { code: 'INVALID_INPUT' } });
    expect(adjustedAlphas([0.1], 'bh', 0)).toMatchObject({ ok: false, refusal: { code: 'ALPHA_OUT_OF_RANGE' } });
    expect(adjustedAlphas([2], 'bh', 0.05)).toMatchObject({ ok: false, refusal: { code: 'INVALID_INPUT' } });
  });
});

describe('intervals after correction', () => {
  it('shows false-coverage intervals for the selected effects only, wider the fewer are selected', () => {
    const effects = [
      { estimate: 1, standardError: 0.1, pValue: 1e-20, degreesOfFreedom: null },
      { estimate: 0.3, standardError: 0.1, pValue: 0.0027, degreesOfFreedom: 50 },
      { estimate: 0, standardError: 0.1, pValue: 1 },
      { estimate: 0.1, standardError: 0.1, pValue: 0.31 },
    ];
    const outcome = falseCoverageIntervals(effects, 0.05);
    if (!outcome.ok) throw new Error(outcome.refusal.message);
    expect(outcome.value.map((interval) => interval.selected)).toEqual([true, true, false, false]);
    expect(outcome.value[2]?.ci).toBeNull();
    // Two of four are selected: level 1 - 2 * 0.05 / 4, so z(0.9875) = 2.2414.
    expect(outcome.value[0]?.ci?.[1]).toBeCloseTo(1.22414, 5);
    const [low = NaN, high = NaN] = outcome.value[1]?.ci ?? [];
    expect(high - low).toBeGreaterThan(2 * 0.1 * 2.2414); // Student's t with 50 degrees of freedom is wider
  });

  it('agrees with the adjusted p-value, and keeps the original interval unless it is wider', () => {
    const narrow = adjustedInterval({ estimate: 2, adjustedPValue: 0.2, alpha: 0.05, originalCi: [0.5, 3.5] });
    expect(narrow).toMatchObject({ ok: true });
    if (narrow.ok) expect(narrow.value[0]).toBeLessThan(0);
    expect(adjustedInterval({ estimate: 2, adjustedPValue: 0.01, alpha: 0.05, originalCi: [-9, 11] })).toEqual({
      ok: true,
      value: [-9, 11],
    });
    expect(adjustedInterval({ estimate: 2, adjustedPValue: NaN, alpha: 0.05 })).toMatchObject({ ok: false });
  });
});

describe('one-sided intervals', () => {
  const z = (estimate: number, alternative: 'greater' | 'less' = 'greater', nullValue = 0) => ({
    estimate,
    standardError: 1,
    pValue: normalSurvival(alternative === 'greater' ? estimate - nullValue : nullValue - estimate),
    alternative,
    nullValue,
  });
  const intervals = (...[effects, correction, weight]: [OneSidedEffect[], OneSidedCorrection, number?]) => {
    const outcome = oneSidedIntervals(effects, 0.05, correction, weight);
    if (!outcome.ok) throw new Error(outcome.refusal.message);
    return outcome.value;
  };

  it('end at the null value for the rejected, and share the level among the others', () => {
    for (const correction of ['holm', 'hochberg', 'hommel'] as const) {
      const result = intervals([z(4), z(0.5), z(-3, 'less'), z(-1, 'less')], correction);
      expect(result.map(({ rejected }) => rejected)).toEqual([true, false, true, false]);
      expect(result[0]?.ci).toEqual([0, Infinity]);
      expect(result[2]?.ci).toEqual([-Infinity, 0]);
      // Two are not rejected: each at 0.025.
      expect(result[1]?.ci[0]).toBeCloseTo(0.5 - 1.959963984540054, 12);
      expect(result[3]?.ci[1]).toBeCloseTo(-1 + 1.959963984540054, 12);
    }
  });

  it('say more than the rejection when all are rejected', () => {
    const all = [z(4), z(1.5, 'greater', -2), z(-2.5, 'less')];
    const holm = intervals(all, 'holm');
    expect(holm[0]?.ci[0]).toBeCloseTo(4 - normalSurvivalQuantile(0.05 / 3), 12);
    expect(holm[1]?.ci[0]).toBeCloseTo(1.5 - normalSurvivalQuantile(0.05 / 3), 12);
    expect(holm[2]?.ci[1]).toBeCloseTo(-2.5 + normalSurvivalQuantile(0.05 / 3), 12);
    const hommel = intervals(all, 'hommel');
    expect(hommel[0]?.ci[0]).toBeCloseTo(4 - normalSurvivalQuantile(1 - 0.95 ** (1 / 3)), 10);
    // The margin of a non-inferiority test is where its bound ends at worst.
    expect(intervals([z(-0.2, 'greater', -2), z(9)], 'holm')[0]?.ci[0]).toBe(-2);
  });

  it('keep some of the level for the rejected if asked to', () => {
    const [winner, other] = intervals([z(5), z(0)], 'holm', 0.5);
    // Half of alpha/2 for the rejected one, the rest for the one that is not.
    expect(winner?.ci[0]).toBeCloseTo(5 - normalSurvivalQuantile(0.0125), 12);
    expect(other?.ci[0]).toBeCloseTo(-normalSurvivalQuantile(0.0375), 12);
    const [, wider] = intervals([z(5), z(0)], 'hommel', 0.5);
    const spared = 0.5 * (1 - 0.95 ** 0.5);
    expect(wider?.ci[0]).toBeCloseTo(-normalSurvivalQuantile(1 - 0.95 / (1 - spared)), 10);
  });

  it('exclude the null value, or end at it, just when the corrected test rejects', () => {
    const effect = fc
      .tuple(fc.double({ min: -4, max: 4, noNaN: true }), fc.constantFrom('greater' as const, 'less' as const))
      .map(([estimate, alternative]) => z(estimate, alternative));
    fc.assert(
      fc.property(
        fc.array(effect, { minLength: 1, maxLength: 8 }),
        fc.constantFrom<OneSidedCorrection>('holm', 'hochberg', 'hommel'),
        (effects, correction) => {
          const reject = adjusted(
            effects.map(({ pValue: p }) => p),
            correction,
          ).map((p) => p <= 0.05);
          intervals(effects, correction).forEach(({ ci, rejected }, index) => {
            expect(rejected).toBe(reject[index]);
            if (rejected) expect(ci[0] >= 0 || ci[1] <= 0).toBe(true);
            else expect(ci[0] < 0 && ci[1] > 0).toBe(true);
          });
        },
      ),
    );
  });

  it('refuse what is no effect, no weight and no level', () => {
    const code = (...args: Parameters<typeof oneSidedIntervals>) => {
      const outcome = oneSidedIntervals(...args);
      return outcome.ok ? null : outcome.refusal.code;
    };
    expect(code([z(1)], 0, 'holm')).toBe('ALPHA_OUT_OF_RANGE');
    expect(code([z(1)], 0.05, 'holm', 0)).toBe('INVALID_INPUT');
    expect(code([{ ...z(1), standardError: 0 }], 0.05, 'holm')).toBe('INVALID_INPUT');
    expect(code([z(NaN)], 0.05, 'holm')).toBe('INVALID_INPUT');
    expect(code([{ ...z(1), pValue: 2 }], 0.05, 'holm')).toBe('INVALID_INPUT');
    expect(intervals([], 'holm')).toEqual([]);
  });
});

describe('successGuardrailSplit', () => {
  it('charges alpha to success metrics and shares beta with guardrails', () => {
    expect(successGuardrailSplit(0.05, 0.8, 2, 3)).toEqual({ ok: true, value: { alpha: 0.025, power: 0.95 } });
    expect(successGuardrailSplit(0.05, 0.8, 0, 0)).toMatchObject({ ok: true, value: { alpha: 0.05 } });
    expect(successGuardrailSplit(0.05, 1.2, 1, 0)).toMatchObject({ ok: false, refusal: { code: 'INVALID_INPUT' } });
  });
});
