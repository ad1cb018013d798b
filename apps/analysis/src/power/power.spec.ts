import { AppError, DurationRequest, MdeRequest, SampleSizeRequest } from '@assay/contracts';
import { meanPower, proportionSampleSize } from '@assay/stats';
import fc from 'fast-check';
import { minimumEffectOf } from './minimum-effect.js';
import { runTimeOf } from './run-time.js';
import { sampleSizeOf } from './sample-size.js';

const sample = (fields: object) => sampleSizeOf(SampleSizeRequest.parse(fields));
const mde = (fields: object) => minimumEffectOf(MdeRequest.parse(fields));
const time = (fields: object) => runTimeOf(DurationRequest.parse(fields));
const fieldOf = (run: () => unknown): string | undefined => {
  try {
    run();
  } catch (error) {
    return error instanceof AppError ? error.errors[0]?.path : undefined;
  }
  return 'nothing was refused';
};

/** More exponentials than any answer takes: every step of a distribution computes one. */
const MOST_STEPS = 400_000;

/** What was answered or refused, in so many steps. */
function inFewSteps(ask: () => object): object {
  const { exp } = Math;
  let steps = 0;
  Math.exp = (x) => {
    steps += 1;
    if (steps > MOST_STEPS) throw new RangeError('more steps than any answer takes');
    return exp(x);
  };
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error;
  } finally {
    Math.exp = exp;
  }
}

describe('planning', () => {
  it('a proportion: the textbook’s 3,841 units for 10 % to 12 %', () => {
    const answer = sample({ kind: 'proportion', baseline: 0.1, effect: 0.2 });
    expect(answer).toMatchObject({ unitsPerVariant: 3_841, totalUnits: 7_682, method: 'two-proportion-z' });
    expect(answer.absoluteEffect).toBeCloseTo(0.02, 12);
    const exact = proportionSampleSize({ p1: 0.1, p2: 0.12, alpha: 0.05, power: 0.8 });
    expect(exact.ok && Math.ceil(exact.value.pooled)).toBe(3_841);
  });

  it('a mean: so many units that the t test has the power, and one fewer has not', () => {
    const { unitsPerVariant: n } = sample({ kind: 'mean', baseline: 50, standardDeviation: 30, effect: 0.1 });
    const powerAt = (units: number): number => {
      const power = meanPower({
        difference: 5,
        standardDeviation: 30,
        nControl: units,
        nTreatment: units,
        alpha: 0.05,
      });
      return power.ok ? power.value.power : NaN;
    };
    expect(powerAt(n)).toBeGreaterThanOrEqual(0.8);
    expect(powerAt(n - 1)).toBeLessThan(0.8);
  });

  it('asks for more when looked at all the time or corrected, for less with CUPED or one side', () => {
    const base = { kind: 'mean', baseline: 50, standardDeviation: 30, effect: 0.1 };
    const plain = sample(base).unitsPerVariant;
    expect(sample({ ...base, sequentialUnits: 2 * plain }).unitsPerVariant).toBeGreaterThan(1.5 * plain);
    expect(sample({ ...base, comparisons: 4 }).unitsPerVariant).toBeGreaterThan(1.2 * plain);
    expect(sample({ ...base, alternative: 'one-sided' }).unitsPerVariant).toBeLessThan(0.85 * plain);
    const adjusted = sample({ ...base, cupedCorrelation: 0.5 }).unitsPerVariant;
    expect(Math.abs(adjusted - 0.75 * plain)).toBeLessThan(3);
  });

  it('the smallest effect and the sample size are each other’s inverse', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('proportion', 'mean', 'ratio'),
        fc.double({ min: 0.02, max: 0.6, noNaN: true }),
        fc.integer({ min: 2_000, max: 5_000_000 }),
        (kind, baseline, unitsPerVariant) => {
          const spread = kind === 'proportion' ? {} : { standardDeviation: 2 * baseline };
          const { relativeEffect } = mde({ kind, baseline, unitsPerVariant, ...spread });
          const back = sample({ kind, baseline, effect: relativeEffect, ...spread }).unitsPerVariant;
          expect(Math.abs(back - unitsPerVariant)).toBeLessThanOrEqual(1 + 1e-6 * unitsPerVariant);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('answers whatever may be asked in few steps, with numbers or naming a field', () => {
    const size = (least: number, most: number) =>
      fc.double({ min: Math.log10(least), max: Math.log10(most), noNaN: true }).map((exponent) => 10 ** exponent);
    const asked = fc.record({
      kind: fc.constantFrom('proportion', 'mean', 'ratio'),
      baseline: fc.oneof(size(1e-99, 1e99), size(1e-11, 0.9), fc.constantFrom(-1e99, 0.5, 1 - 1e-8, 1e-300)),
      standardDeviation: fc.oneof(size(1e-99, 1e99), size(0.1, 10)),
      alpha: fc.constantFrom(1e-12, 1e-6, 0.05, 0.49),
      power: fc.constantFrom(0.500001, 0.8, 0.999999),
      comparisons: fc.constantFrom(1, 10_000),
      alternative: fc.constantFrom('two-sided', 'one-sided'),
      sequentialUnits: fc.constantFrom(null, null, null, 2, 1_000_000_000),
      cupedCorrelation: fc.constantFrom(0, 0, -0.5, 1 - 1e-16),
    });
    const ends = { effect: fc.oneof(size(1e-300, 100), size(1e-9, 1), fc.constant(-0.5)), units: size(2, 1e12) };
    fc.assert(
      fc.property(asked, ends.effect, ends.units, (fields, effect, units) => {
        const unitsPerVariant = Math.round(units);
        for (const ask of [
          () => sample({ ...fields, effect, variants: 100 }),
          () => mde({ ...fields, unitsPerVariant }),
          () => time({ ...fields, effect, dailyUnits: units * 1e-5 }),
        ]) {
          const answer = inFewSteps(ask);
          if (answer instanceof AppError)
            expect([...Object.keys(fields), 'effect', 'unitsPerVariant', 'dailyUnits']).toContain(
              answer.errors[0]?.path,
            );
          else
            expect(
              Object.values(answer).filter((value) => typeof value === 'number' && !Number.isFinite(value)),
            ).toEqual([]);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('answers few units and a tiny alpha at once', () => {
    const few = { kind: 'mean', baseline: 10, standardDeviation: 10, power: 0.999999, alpha: 1e-12 };
    for (const comparisons of [1, 10_000]) {
      const answer = inFewSteps(() => mde({ ...few, comparisons, unitsPerVariant: 2 })) as { relativeEffect: number };
      // Two degrees of freedom: S² is exponential, the critical value 1/√α, and noncentrality dwarfs its noise.
      expect(answer.relativeEffect / Math.sqrt((comparisons / 1e-12) * -Math.log(1e-6))).toBeCloseTo(1, 4);
    }
  });

  it.each([1e3, 1e5, 1e7])('a mean that spreads by %p: 2 (z + z)² σ² / δ²', (standardDeviation) => {
    const { unitsPerVariant } = sample({ kind: 'mean', baseline: 10, standardDeviation, effect: 0.1 });
    expect(unitsPerVariant / (2 * 7.848879734 * standardDeviation ** 2)).toBeCloseTo(1, 5); // one tail, z for t
  });

  it('refuses what nobody can count', () => {
    for (const standardDeviation of [1e9, 1e16, 1e21, 1e100]) {
      expect(fieldOf(() => sample({ kind: 'mean', baseline: 10, standardDeviation, effect: 0.1 }))).toBe('effect');
    }
    expect(fieldOf(() => sample({ kind: 'proportion', baseline: 0.1, effect: 1e-12 }))).toBe('effect');
    expect(fieldOf(() => time({ unitsPerVariant: 1e12, dailyUnits: 1e-6 }))).toBe('dailyUnits');
  });

  it('says how long it takes, in whole weeks too', () => {
    expect(time({ unitsPerVariant: 3_841, dailyUnits: 1_000, coverage: 50 })).toEqual({
      days: 16,
      weeks: 3,
      unitsPerVariant: 3_841,
      totalUnits: 7_682,
    });
    const fromEffect = time({ kind: 'proportion', baseline: 0.1, effect: 0.2, dailyUnits: 1_000, variants: 3 });
    expect(fromEffect).toMatchObject({ totalUnits: 11_523, days: 12 });
  });

  it('names the field that cannot be planned with', () => {
    const mean = { kind: 'mean', baseline: 5, effect: 0.1 };
    expect(fieldOf(() => sample({ kind: 'proportion', baseline: 1.2, effect: 0.1 }))).toBe('baseline');
    expect(fieldOf(() => sample({ kind: 'proportion', baseline: 0.9, effect: 0.5 }))).toBe('effect');
    expect(fieldOf(() => sample({ kind: 'proportion', baseline: 0.9, effect: 0 }))).toBe('effect');
    expect(fieldOf(() => sample(mean))).toBe('standardDeviation');
    expect(fieldOf(() => sample({ ...mean, baseline: 0, standardDeviation: 1 }))).toBe('baseline');
    expect(fieldOf(() => mde({ kind: 'proportion', baseline: 0.5, unitsPerVariant: 3 }))).toBe('unitsPerVariant');
    expect(fieldOf(() => time({ dailyUnits: 100 }))).toBe('kind');
    expect(fieldOf(() => time({ dailyUnits: 100, kind: 'mean', baseline: 3 }))).toBe('effect');
    expect(SampleSizeRequest.safeParse({ ...mean, surprise: 1 }).success).toBe(false);
    expect(SampleSizeRequest.safeParse({ ...mean, alpha: 0 }).success).toBe(false);
  });
});
