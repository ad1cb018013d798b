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
