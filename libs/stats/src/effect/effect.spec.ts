import fc from 'fast-check';
import { normalQuantile } from '../distributions/normal.js';
import { meanFromVariance } from '../summary/mean-summary.js';
import { proportionSummary } from '../summary/proportion-summary.js';
import { codeOf, expectAgree, valueOf } from '../testing/outcomes.js';
import { armEstimate, type ArmEstimate } from './arm-estimate.js';
import { effect } from './effect.js';
import { fiellerInterval } from './fieller-interval.js';
import { inferEffect } from './infer-effect.js';
import { logRatioInterval } from './log-ratio-interval.js';
import { refuseArms } from './refuse-arms.js';
import { scaledImpact } from './scaled-impact.js';
import { welchDegreesOfFreedom } from './welch-degrees-of-freedom.js';

const arm = (n: number, mean: number, variance: number): ArmEstimate => ({ n, mean, variance });
const control = arm(5000, 5.2, 55);
const treatment = arm(5100, 5.35, 58);

const anyArm = fc
  .tuple(
    fc.integer({ min: 2, max: 1_000_000 }),
    fc.double({ min: 0.5, max: 100, noNaN: true }),
    fc.double({ min: 0.01, max: 100, noNaN: true }),
  )
  .map(([n, mean, variance]) => arm(n, mean, variance));

describe('effect', () => {
  it.each([
    ['an empty arm', arm(0, NaN, 0), 'NO_UNITS'],
    ['one unit', arm(1, 3, 0), 'TOO_FEW_UNITS'],
    ['no variance', arm(50, 3, 0), 'ZERO_VARIANCE'],
    ['a denominator of 0', arm(50, NaN, 0), 'ZERO_DENOMINATOR'],
    ['NaN', arm(50, NaN, NaN), 'INVALID_INPUT'],
    ['an infinite variance', arm(50, 3, Infinity), 'INVALID_INPUT'],
    ['half of nothing', arm(NaN, 3, 1), 'INVALID_INPUT'],
  ])('refuses %s in either arm', (_title, bad, code) => {
    for (const differenceType of ['absolute', 'relative'] as const) {
      expect(codeOf(effect({ control, treatment: bad, differenceType, alpha: 0.05 }))).toBe(code);
      expect(codeOf(effect({ control: bad, treatment, differenceType, alpha: 0.05 }))).toBe(code);
    }
  });

  it('refuses only what is relative to a baseline of 0', () => {
    const zero = arm(50, 0, 2);
    expect(codeOf(effect({ control: zero, treatment, differenceType: 'relative', alpha: 0.05 }))).toBe('ZERO_BASELINE');
    expect(codeOf(effect({ control: zero, treatment, differenceType: 'absolute', alpha: 0.05 }))).toBe('computed');
  });

  it.each([0, 1, -0.1, NaN])('refuses the level %p', (alpha) => {
    expect(codeOf(effect({ control, treatment, differenceType: 'absolute', alpha }))).toBe('ALPHA_OUT_OF_RANGE');
  });

  it('rejects just when the interval leaves 0 out, on every side', () => {
    fc.assert(
      fc.property(
        anyArm,
        anyArm,
        fc.double({ min: 0.001, max: 0.4, noNaN: true }),
        fc.constantFrom('two-sided' as const, 'greater' as const, 'less' as const),
        fc.constantFrom('absolute' as const, 'relative' as const),
        (a, b, alpha, alternative, differenceType) => {
          const result = valueOf(effect({ control: a, treatment: b, differenceType, alpha, alternative }));
          fc.pre(Math.abs(result.pValue - alpha) > 1e-9);
          expect(result.ci[0] > 0 || result.ci[1] < 0).toBe(result.pValue < alpha);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('mirrors when the arms are swapped', () => {
    fc.assert(
      fc.property(anyArm, anyArm, (a, b) => {
        const there = valueOf(effect({ control: a, treatment: b, differenceType: 'absolute', alpha: 0.05 }));
        const back = valueOf(effect({ control: b, treatment: a, differenceType: 'absolute', alpha: 0.05 }));
        expectAgree(there.statistic, -back.statistic, 1e-12);
        expectAgree(there.pValue, back.pValue);
        expectAgree(there.ci[0], -back.ci[1], 1e-9, 100);
        const opposite = valueOf(
          effect({ control: b, treatment: a, differenceType: 'absolute', alpha: 0.05, alternative: 'less' }),
        );
        const same = valueOf(
          effect({ control: a, treatment: b, differenceType: 'absolute', alpha: 0.05, alternative: 'greater' }),
        );
        expectAgree(same.pValue, opposite.pValue);
      }),
      { numRuns: 200 },
    );
  });

  it('is not changed by the unit of measurement', () => {
    fc.assert(
      fc.property(anyArm, anyArm, fc.double({ min: 0.001, max: 1000, noNaN: true }), (a, b, factor) => {
        const scaled = (x: ArmEstimate) => arm(x.n, x.mean * factor, x.variance * factor ** 2);
        const plain = valueOf(effect({ control: a, treatment: b, differenceType: 'relative', alpha: 0.05 }));
        const other = valueOf(
          effect({ control: scaled(a), treatment: scaled(b), differenceType: 'relative', alpha: 0.05 }),
        );
        expectAgree(other.estimate, plain.estimate, 1e-9, 1 + Math.abs(plain.estimate));
        expectAgree(other.standardError, plain.standardError, 1e-10);
        expectAgree(other.ci[1], plain.ci[1], 1e-8, 1 + Math.abs(plain.ci[1]));
      }),
      { numRuns: 200 },
    );
  });
});

describe('intervals of the relative effect', () => {
  it('agree when the baseline is sharp', () => {
    const sharp = arm(2_000_000, 10, 4);
    const other = arm(2_000_000, 10.05, 4);
    const delta = valueOf(effect({ control: sharp, treatment: other, differenceType: 'relative', alpha: 0.05 })).ci;
    const log = valueOf(logRatioInterval(sharp, other, 0.05)).ci;
    const fieller = valueOf(fiellerInterval(sharp, other, 0.05));
    for (const end of [0, 1] as const) {
      expect(log[end]).toBeCloseTo(delta[end], 6);
      expect(fieller[end]).toBeCloseTo(delta[end], 6);
    }
  });

  it('puts the ends of Fieller where the difference is just significant', () => {
    fc.assert(
      fc.property(anyArm, anyArm, (a, b) => {
        const outcome = fiellerInterval(a, b, 0.05);
        fc.pre(outcome.ok);
        for (const end of valueOf(outcome)) {
          const ratio = 1 + end;
          const error = Math.sqrt(b.variance / b.n + (ratio ** 2 * a.variance) / a.n);
          expect(Math.abs(b.mean - ratio * a.mean) / error).toBeCloseTo(-normalQuantile(0.025), 6);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('mirror for a negative baseline', () => {
    const [low, high] = valueOf(fiellerInterval(control, treatment, 0.05));
    const negative = (x: ArmEstimate) => ({ ...x, mean: -x.mean });
    const log = valueOf(logRatioInterval(control, treatment, 0.05));
    const mirroredLog = valueOf(logRatioInterval(negative(control), negative(treatment), 0.05));
    expect(mirroredLog.lift).toBeCloseTo(-log.lift, 12);
    expect(mirroredLog.ci[0]).toBeCloseTo(-log.ci[1], 12);
    expect(mirroredLog.ci[1]).toBeCloseTo(-log.ci[0], 12);
    const [mirroredLow, mirroredHigh] = valueOf(fiellerInterval(negative(control), negative(treatment), 0.05));
    expect(mirroredLow).toBeCloseTo(-high, 12);
    expect(mirroredHigh).toBeCloseTo(-low, 12);
  });

  it('refuses what has no two ends or no logarithm', () => {
    const noisy = arm(10, 0.1, 4);
    expect(codeOf(fiellerInterval(noisy, treatment, 0.05))).toBe('UNBOUNDED_INTERVAL');
    expect(codeOf(logRatioInterval(arm(10, -1, 4), treatment, 0.05))).toBe('ZERO_BASELINE');
    expect(codeOf(logRatioInterval(arm(10, 0, 4), treatment, 0.05))).toBe('ZERO_BASELINE');
    expect(codeOf(logRatioInterval(control, arm(10, 0, 4), 0.05))).toBe('ZERO_BASELINE');
  });
});

describe('pieces', () => {
  it('refuse a variance below 0 in either arm, whoever asks', () => {
    const negative = arm(50, 3, -0.1);
    for (const variance of ['one', 'both'] as const) {
      expect(refuseArms(negative, treatment, variance)).toMatchObject({ code: 'INVALID_INPUT' });
      expect(refuseArms(treatment, negative, variance)?.message).toContain('treatment');
    }
    expect(codeOf(fiellerInterval(negative, treatment, 0.05))).toBe('INVALID_INPUT');
    expect(codeOf(logRatioInterval(treatment, negative, 0.05))).toBe('INVALID_INPUT');
    expect(refuseArms(arm(50, 3, 0), treatment, 'one')).toBeNull();
  });

  it('bounds the degrees of freedom between the smaller arm and both together', () => {
    fc.assert(
      fc.property(anyArm, anyArm, (a, b) => {
        const df = welchDegreesOfFreedom(a, b);
        expect(df).toBeGreaterThanOrEqual((Math.min(a.n, b.n) - 1) * (1 - 1e-9));
        expect(df).toBeLessThanOrEqual((a.n + b.n - 2) * (1 + 1e-9));
      }),
    );
  });

  it('keeps an interval of a tiny alpha wide', () => {
    const { ci } = inferEffect({ estimate: 0, standardError: 1, degreesOfFreedom: null }, 1e-300);
    expect(ci[1]).toBeCloseTo(37.0656, 3);
  });

  it('reads proportions and means with their own variances', () => {
    expect(armEstimate(proportionSummary(10, 3))).toEqual({ n: 10, mean: 0.3, variance: 0.3 * 0.7 });
    expect(armEstimate(meanFromVariance(10, 3, 4))).toEqual({ n: 10, mean: 3, variance: 4 });
    expect(armEstimate(meanFromVariance(1, 3, 4)).variance).toBe(0);
  });

  it('scales an effect to all traffic', () => {
    const impact = valueOf(scaledImpact({ estimate: 0.1, ci: [0.05, 0.15] }, 10_000, 0.5, 20));
    expect(impact.perDay).toBeCloseTo(100, 10);
    expect(impact.ci[0]).toBeCloseTo(50, 10);
    expect(codeOf(scaledImpact({ estimate: 0.1, ci: [0, 1] }, 10_000, 0, 20))).toBe('INVALID_INPUT');
    expect(codeOf(scaledImpact({ estimate: NaN, ci: [0, 1] }, 10_000, 0.5, 20))).toBe('INVALID_INPUT');
    expect(codeOf(scaledImpact({ estimate: 0.1, ci: [NaN, 1] }, 10_000, 0.5, 20))).toBe('INVALID_INPUT');
    expect(codeOf(scaledImpact({ estimate: 0.1, ci: [0, 1] }, Infinity, 0.5, 20))).toBe('INVALID_INPUT');
    expect(codeOf(scaledImpact({ estimate: 0.1, ci: [0, 1] }, NaN, 0.5, 20))).toBe('INVALID_INPUT');
    // The open side of a one-sided interval stays open.
    expect(valueOf(scaledImpact({ estimate: 0.1, ci: [0.05, Infinity] }, 10_000, 0.5, 20)).ci[1]).toBe(Infinity);
  });
});
