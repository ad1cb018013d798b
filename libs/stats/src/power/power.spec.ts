import fc from 'fast-check';
import { normalQuantile } from '../distributions/normal.js';
import { codeOf, valueOf } from '../testing/outcomes.js';
import { allocationSampleSize } from './allocation-sample-size.js';
import { bayesianMde, bayesianPower } from './bayesian-power.js';
import { duration } from './duration.js';
import { meanMde } from './mean-mde.js';
import { meanPower } from './mean-power.js';
import { meanSampleSize, meanSampleSizeT } from './mean-sample-size.js';
import { proportionPower } from './proportion-power.js';
import { proportionSampleSize } from './proportion-sample-size.js';
import { relativeMde } from './relative-mde.js';
import { relativePower } from './relative-power.js';
import { relativeSampleSize } from './relative-sample-size.js';

const alpha = fc.constantFrom(0.01, 0.05, 0.1);
const power = fc.constantFrom(0.5, 0.8, 0.9, 0.95);
const rate = fc.double({ min: 0.01, max: 0.99, noNaN: true });
const ratio = fc.constantFrom(0.25, 0.5, 1, 2, 3);

describe('proportions', () => {
  it('need a sample that has the power asked for', () => {
    fc.assert(
      fc.property(rate, rate, alpha, power, ratio, (p1, p2, a, target, r) => {
        fc.pre(Math.abs(p1 - p2) > 0.001);
        const { unpooled, pooled, arcsine, cohenH } = valueOf(
          proportionSampleSize({ p1, p2, alpha: a, power: target, ratio: r }),
        );
        const reached = proportionPower({ p1, p2, nControl: unpooled, nTreatment: r * unpooled, alpha: a });
        expect(valueOf(reached)).toBeGreaterThanOrEqual(target - 1e-9);
        expect(valueOf(reached)).toBeLessThan(target + 0.01); // the other tail, which the closed form leaves out
        expect(Math.sign(cohenH)).toBe(Math.sign(p2 - p1));
        expect(pooled).toBeGreaterThan(0);
        expect(arcsine).toBeGreaterThan(0);
      }),
    );
  });

  it('have their size by the arcsine also where the other tail is below the last digit', () => {
    const pairs = [
      [5e-4, 0.95],
      [1e-4, 0.85],
      [1e-5, 0.7],
      [1e-8, 0.999],
    ] as const;
    for (const [a, target] of pairs) {
      const { arcsine, cohenH } = valueOf(proportionSampleSize({ p1: 0.1, p2: 0.12, alpha: a, power: target }));
      const z = normalQuantile(1 - a / 2) + normalQuantile(target);
      expect((arcsine * cohenH ** 2) / (2 * z ** 2)).toBeCloseTo(1, 6);
      const n = valueOf(relativeSampleSize({ mean: 2, variance: 3, alpha: a }, 0.1, target));
      expect(valueOf(relativePower({ mean: 2, variance: 3, alpha: a }, 0.1, n))).toBeCloseTo(target, 10);
    }
  });

  it('refuse rates that are equal or impossible, and power below alpha', () => {
    const base = { p1: 0.1, p2: 0.2, alpha: 0.05, power: 0.8 };
    expect(codeOf(proportionSampleSize({ ...base, p2: 0.1 }))).toBe('PLAN_INVALID');
    expect(codeOf(proportionSampleSize({ ...base, p2: 1 }))).toBe('PLAN_INVALID');
    expect(codeOf(proportionSampleSize({ ...base, power: 0.04 }))).toBe('PLAN_INVALID');
    expect(codeOf(proportionSampleSize({ ...base, alpha: 0 }))).toBe('ALPHA_OUT_OF_RANGE');
    expect(codeOf(proportionSampleSize({ ...base, ratio: 0 }))).toBe('PLAN_INVALID');
    const sizes = { p1: 0, p2: 1, nControl: 10, nTreatment: 10, alpha: 0.05 };
    expect(codeOf(proportionPower(sizes))).toBe('ZERO_VARIANCE');
    expect(codeOf(proportionPower({ ...sizes, nControl: 0 }))).toBe('NO_UNITS');
    expect(codeOf(proportionPower({ ...sizes, p1: -0.1 }))).toBe('PLAN_INVALID');
  });

  it('have power alpha without a difference, on one side and on two', () => {
    const equal = { p1: 0.3, p2: 0.3, nControl: 100, nTreatment: 300, alpha: 0.05 };
    expect(valueOf(proportionPower(equal))).toBeCloseTo(0.05, 12);
    expect(valueOf(proportionPower({ ...equal, sides: 1 }))).toBeCloseTo(0.05, 12);
  });
});

describe('means', () => {
  it('need a t sample that has exactly the power asked for', () => {
    const effect = fc.double({ min: 0.05, max: 1.2, noNaN: true });
    fc.assert(
      fc.property(effect, alpha, power, ratio, (difference, a, target, r) => {
        const design = { difference, varianceControl: 1, alpha: a, power: target, ratio: r };
        const n = valueOf(meanSampleSizeT(design));
        const sizes = { standardDeviation: 1, nControl: n, nTreatment: r * n, alpha: a };
        expect(valueOf(meanPower({ ...sizes, difference })).power).toBeCloseTo(target, 7);
        expect(valueOf(meanMde({ ...sizes, power: target }))).toBeCloseTo(difference, 7);
      }),
      { numRuns: 25 },
    );
  });

  it('need about one unit per arm more than the normal approximation says', () => {
    const design = { difference: 0.3, varianceControl: 100, alpha: 0.05, power: 0.85 };
    const extra = valueOf(meanSampleSizeT(design)) - valueOf(meanSampleSize(design));
    expect(extra).toBeGreaterThan(0.9); // z²/4
    expect(extra).toBeLessThan(1);
  });

  it('need 1 - ρ² of the units under CUPED, and a share of each arm’s variance when they differ', () => {
    const design = { difference: 0.2, varianceControl: 4, alpha: 0.05, power: 0.8 };
    const plain = valueOf(meanSampleSize(design));
    const adjusted = valueOf(meanSampleSize({ ...design, varianceControl: 4 * (1 - 0.6 ** 2) }));
    expect(adjusted / plain).toBeCloseTo(0.64, 12);
    expect(valueOf(meanSampleSize({ ...design, varianceTreatment: 0.001, ratio: 1000 })) / plain).toBeCloseTo(0.5, 5);
  });

  it('have a smallest effect, and power, at levels far out', () => {
    const sizes = { standardDeviation: 1, nControl: 500, nTreatment: 500, alpha: 5e-4 };
    const mde = valueOf(meanMde({ ...sizes, power: 0.95 }));
    expect(valueOf(meanPower({ ...sizes, difference: mde })).power).toBeCloseTo(0.95, 9);
    // Two degrees of freedom: 40-digit quadrature gives 0.00099946.
    const few = { difference: 3, standardDeviation: 1, nControl: 2, nTreatment: 2, alpha: 1e-4 };
    expect(valueOf(meanPower(few)).power / 0.00099946020693724095).toBeCloseTo(1, 10);
  });

  it('refuse what cannot be planned', () => {
    const design = { difference: 0.2, varianceControl: 4, alpha: 0.05, power: 0.8 };
    expect(codeOf(meanSampleSize({ ...design, difference: 0 }))).toBe('PLAN_INVALID');
    expect(codeOf(meanSampleSize({ ...design, varianceControl: 0 }))).toBe('ZERO_VARIANCE');
    expect(codeOf(meanSampleSize({ ...design, varianceTreatment: Infinity }))).toBe('ZERO_VARIANCE');
    expect(codeOf(meanSampleSizeT({ ...design, difference: 1e6 }))).toBe('NOT_CONVERGED');
    const sizes = { standardDeviation: 1, nControl: 1, nTreatment: 1, alpha: 0.05, power: 0.8 };
    expect(codeOf(meanMde(sizes))).toBe('TOO_FEW_UNITS');
    expect(codeOf(meanMde({ ...sizes, nControl: 9, power: 0.01 }))).toBe('PLAN_INVALID');
  });
});

describe('relative effects', () => {
  const design = fc.record({
    mean: fc.double({ min: 0.05, max: 50, noNaN: true }),
    variance: fc.double({ min: 0.01, max: 500, noNaN: true }),
    alpha,
    sequentialTuning: fc.constantFrom(undefined, 1000, 100_000),
  });
  const lift = fc.double({ min: 0.005, max: 0.5, noNaN: true });

  it('need a sample that has the power asked for, fixed or sequential', () => {
    fc.assert(
      fc.property(design, lift, power, (plan, effect, target) => {
        const n = valueOf(relativeSampleSize(plan, effect, target));
        expect(valueOf(relativePower(plan, effect, n))).toBeCloseTo(target, 8);
      }),
    );
  });

  it('are detectable at their own minimum detectable effect, and smaller with more units', () => {
    fc.assert(
      fc.property(design, fc.integer({ min: 1000, max: 10_000_000 }), power, (plan, n, target) => {
        const mde = relativeMde(plan, target, n);
        if (!mde.ok) {
          expect(mde.refusal.code).toBe('NOT_ENOUGH_TRAFFIC');
          return;
        }
        const reached = valueOf(relativePower(plan, mde.value, n));
        expect(reached).toBeGreaterThanOrEqual(target - 1e-9);
        expect(reached).toBeLessThan(target + 0.01);
        expect(valueOf(relativeMde(plan, target, 4 * n))).toBeLessThan(mde.value);
      }),
    );
  });

  it('are the same for a baseline of the opposite sign', () => {
    const plan = { mean: 4, variance: 9, alpha: 0.05 };
    const mirrored = { ...plan, mean: -4 };
    expect(valueOf(relativePower(mirrored, 0.1, 500))).toBe(valueOf(relativePower(plan, 0.1, 500)));
    expect(valueOf(relativeMde(mirrored, 0.8, 500))).toBe(valueOf(relativeMde(plan, 0.8, 500)));
  });

  it('refuse numbers at the ends of the doubles instead of answering NaN', () => {
    expect(codeOf(relativePower({ mean: 1e300, variance: 1000, alpha: 0.2 }, 1e300, 1e9))).toBe('INVALID_INPUT');
    expect(codeOf(relativeSampleSize({ mean: 1000, variance: 0.2, alpha: 0.05 }, -1e300, 0.2))).toBe('INVALID_INPUT');
    const tiny = { p1: 0.05, p2: 1e-5, alpha: 5e-324, power: 0.1, ratio: 5e-324 };
    expect(codeOf(proportionSampleSize(tiny))).toBe('INVALID_INPUT');
    const few = { difference: 2, standardDeviation: 10, nControl: 0.2, nTreatment: 2, alpha: 1e-170 };
    expect(codeOf(meanPower(few))).toBe('INVALID_INPUT');
  });

  it('refuse a baseline of 0, no variance, no units', () => {
    const plan = { mean: 4, variance: 9, alpha: 0.05 };
    expect(codeOf(relativePower({ ...plan, mean: 0 }, 0.1, 10))).toBe('ZERO_BASELINE');
    expect(codeOf(relativePower({ ...plan, variance: 0 }, 0.1, 10))).toBe('ZERO_VARIANCE');
    expect(codeOf(relativePower(plan, 0.1, 0))).toBe('NO_UNITS');
    expect(codeOf(relativePower(plan, NaN, 10))).toBe('INVALID_INPUT');
    expect(codeOf(relativePower({ ...plan, sequentialTuning: -1 }, 0.1, 10))).toBe('PLAN_INVALID');
    expect(codeOf(relativeSampleSize(plan, 0, 0.8))).toBe('PLAN_INVALID');
    expect(codeOf(relativeMde(plan, 0.8, 0))).toBe('NO_UNITS');
  });
});

describe('Bayesian power', () => {
  const plan = { mean: 0.1, variance: 0.09, alpha: 0.05, prior: { mean: 0.2, variance: 0.3 } };

  it('is the frequentist one under a flat prior', () => {
    const flat = { ...plan, prior: null };
    expect(valueOf(bayesianPower(flat, 0.05, 5000))).toBeCloseTo(valueOf(relativePower(plan, 0.05, 5000)), 12);
  });

  it('is reached at the minimum detectable effect, relative and absolute', () => {
    for (const kind of ['relative', 'absolute'] as const) {
      const mde = valueOf(bayesianMde({ ...plan, kind }, 0.8, 20_000));
      expect(valueOf(bayesianPower({ ...plan, kind }, mde, 20_000))).toBeCloseTo(0.8, 9);
      expect(valueOf(bayesianPower({ ...plan, kind }, mde * 0.9, 20_000))).toBeLessThan(0.8);
    }
  });

  it('needs no effect when the prior alone convinces, and refuses when no effect does', () => {
    const certain = { ...plan, prior: { mean: 1, variance: 1e-6 } };
    expect(valueOf(bayesianMde(certain, 0.8, 100))).toBe(0);
    expect(codeOf(bayesianMde({ ...plan, variance: 1e6 }, 0.8, 100))).toBe('NOT_ENOUGH_TRAFFIC');
    expect(codeOf(bayesianPower({ ...plan, prior: { mean: 0, variance: 0 } }, 0.1, 100))).toBe('INVALID_INPUT');
  });
});

describe('allocation and duration', () => {
  it('gives control half of the units when only it is compared with', () => {
    const input = { absoluteMde: 0.3, variance: 100, alpha: 0.05, power: 0.85, arms: 4 } as const;
    const control = valueOf(allocationSampleSize({ ...input, comparisons: 'control-vs-all' }));
    expect(control.allocations).toEqual([0.5, 0.5 / 3, 0.5 / 3, 0.5 / 3]);
    const all = valueOf(allocationSampleSize({ ...input, comparisons: 'all-vs-all' }));
    expect(all.allocations).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(codeOf(allocationSampleSize({ ...input, arms: 1, comparisons: 'all-vs-all' }))).toBe('PLAN_INVALID');
    for (const variance of [0, Infinity, NaN]) {
      expect(codeOf(allocationSampleSize({ ...input, variance, comparisons: 'all-vs-all' }))).toBe('ZERO_VARIANCE');
    }
    expect(codeOf(allocationSampleSize({ ...input, absoluteMde: Infinity, comparisons: 'all-vs-all' }))).toBe(
      'PLAN_INVALID',
    );
  });

  it('rounds days and weeks up, and refuses a trickle of nothing', () => {
    const input = { unitsPerArm: 1000, arms: 2, dailyUnits: 250, trafficShare: 1 };
    expect(valueOf(duration(input))).toEqual({ days: 8, weeks: 2 });
    expect(codeOf(duration({ ...input, trafficShare: 0 }))).toBe('NOT_ENOUGH_TRAFFIC');
    expect(codeOf(duration({ ...input, trafficShare: 1.5 }))).toBe('PLAN_INVALID');
    expect(codeOf(duration({ ...input, unitsPerArm: Infinity }))).toBe('PLAN_INVALID');
  });
});
