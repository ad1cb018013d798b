import fc from 'fast-check';
import type { ArmEstimate } from '../effect/arm-estimate.js';
import { factorial2x2, type Cells2x2 } from './factorial-2x2.js';
import { factorialAnova } from './factorial-anova.js';
import { factorialWald } from './factorial-wald.js';

type Result<T> = { ok: true; value: T } | { ok: false; refusal: { code: string; message: string } };

function valueOf<T>(outcome: Result<T>): T {
  if (!outcome.ok) throw new Error(outcome.refusal.message);
  return outcome.value;
}

const cell: fc.Arbitrary<ArmEstimate> = fc.record({
  n: fc.integer({ min: 2, max: 100_000 }),
  mean: fc.double({ min: -20, max: 20, noNaN: true }),
  variance: fc.double({ min: 0.01, max: 50, noNaN: true }),
});
const cells: fc.Arbitrary<Cells2x2> = fc.record({ c00: cell, c10: cell, c01: cell, c11: cell });

describe('factorial2x2', () => {
  it('has no interaction of logarithms where a mean is next to nothing, and all else', () => {
    const cell = (mean: number) => ({ n: 2, mean, variance: 0.01 });
    const result = valueOf(factorial2x2({ c00: cell(5e-324), c10: cell(1), c01: cell(2), c11: cell(3) }, 0.05));
    expect(result.logInteraction).toBeNull();
    expect(result.mainA.estimate).toBe(1);
  });

  it('gives the interaction four times the variance of a main effect', () => {
    fc.assert(
      fc.property(cells, (table) => {
        const { mainA, mainB, interaction } = valueOf(factorial2x2(table, 0.05));
        expect(interaction.standardError / mainA.standardError).toBeCloseTo(2, 12);
        expect(mainB.standardError).toBeCloseTo(mainA.standardError, 12);
      }),
    );
  });

  it('mirrors A when its levels are swapped, and keeps everything when a constant is added', () => {
    fc.assert(
      fc.property(cells, fc.double({ min: -100, max: 100, noNaN: true }), (table, shift) => {
        const there = valueOf(factorial2x2(table, 0.05));
        const { c00, c10, c01, c11 } = table;
        const swapped = valueOf(factorial2x2({ c00: c10, c10: c00, c01: c11, c11: c01 }, 0.05));
        expect(swapped.mainA.estimate).toBeCloseTo(-there.mainA.estimate, 10);
        expect(swapped.interaction.pValue).toBeCloseTo(there.interaction.pValue, 10);
        const lift = (one: ArmEstimate): ArmEstimate => ({ ...one, mean: one.mean + shift });
        const moved = valueOf(factorial2x2({ c00: lift(c00), c10: lift(c10), c01: lift(c01), c11: lift(c11) }, 0.05));
        expect(moved.interaction.estimate).toBeCloseTo(there.interaction.estimate, 9);
        expect(moved.mainB.estimate).toBeCloseTo(there.mainB.estimate, 9);
      }),
    );
  });

  it('leaves the log interaction out when a mean is not positive', () => {
    const one = { n: 10, mean: 1, variance: 1 };
    const table = { c00: one, c10: one, c01: one, c11: { ...one, mean: 0 } };
    expect(valueOf(factorial2x2(table, 0.05)).logInteraction).toBeNull();
  });

  it('refuses empty cells, single units and cells without variation', () => {
    const one = { n: 10, mean: 1, variance: 1 };
    const code = (c00: ArmEstimate, c10 = one) => {
      const outcome = factorial2x2({ c00, c10, c01: one, c11: one }, 0.05);
      return outcome.ok ? null : outcome.refusal.code;
    };
    expect(code({ ...one, n: 0 })).toBe('NO_UNITS');
    expect(code({ ...one, n: 1 })).toBe('TOO_FEW_UNITS');
    expect(code({ ...one, mean: NaN })).toBe('INVALID_INPUT');
    expect(code({ ...one, variance: -1 })).toBe('INVALID_INPUT');
    expect(code({ ...one, variance: 0 })).toBeNull();
    expect(code({ ...one, variance: 0 }, { ...one, variance: 0 })).toBe('ZERO_VARIANCE');
  });
});

describe('factorialWald', () => {
  it('is the square of the z tests in a 2x2 table', () => {
    fc.assert(
      fc.property(cells, (table) => {
        const { c00, c10, c01, c11 } = table;
        const simple = valueOf(factorial2x2(table, 0.05));
        const wald = valueOf(
          factorialWald([
            [c00, c01],
            [c10, c11],
          ]),
        );
        for (const [test, effect] of [
          [wald.factorA, simple.mainA],
          [wald.factorB, simple.mainB],
          [wald.interaction, simple.interaction],
        ] as const) {
          expect(test.degreesOfFreedom).toBe(1);
          const square = effect.statistic ** 2;
          expect(Math.abs(test.statistic - square)).toBeLessThanOrEqual(1e-9 * Math.max(1, square));
        }
      }),
    );
  });

  it('does not depend on which level comes first', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell), { minLength: 2, maxLength: 4 }), (table) => {
        const there = valueOf(factorialWald(table)).interaction.statistic;
        const back = valueOf(factorialWald([...table].reverse().map((row) => [...row].reverse()))).interaction
          .statistic;
        expect(Math.abs(back - there)).toBeLessThanOrEqual(1e-6 * Math.max(1, there));
      }),
    );
  });

  it('refuses ragged and one-level tables', () => {
    const one = { n: 10, mean: 1, variance: 1 };
    expect(factorialWald([[one, one]])).toMatchObject({ ok: false, refusal: { code: 'PLAN_INVALID' } });
    expect(factorialWald([[one, one], [one]])).toMatchObject({ ok: false, refusal: { code: 'PLAN_INVALID' } });
    const still = { ...one, variance: 0 };
    expect(
      factorialWald([
        [one, one],
        [one, still],
      ]),
    ).toMatchObject({ refusal: { code: 'ZERO_VARIANCE' } });
  });
});

describe('factorialAnova', () => {
  it('is the square of the z tests when variances and sizes are equal, up to its degrees of freedom', () => {
    const of = (mean: number) => ({ n: 50, mean, variance: 4 });
    const table = { c00: of(1), c10: of(1.5), c01: of(2), c11: of(3.5) };
    const anova = valueOf(factorialAnova(table));
    const effects = valueOf(factorial2x2(table, 0.05));
    expect(anova.errorDegreesOfFreedom).toBe(196);
    expect(anova.a.f).toBeCloseTo(effects.mainA.statistic ** 2, 10);
    expect(anova.interaction.f).toBeCloseTo(effects.interaction.statistic ** 2, 10);
    expect(anova.a.pValue).toBeGreaterThan(effects.mainA.pValue); // F with 196 against infinitely many
    const still = { n: 5, mean: 1, variance: 0 };
    expect(factorialAnova({ c00: still, c10: still, c01: still, c11: still })).toMatchObject({ ok: false });
  });
});
