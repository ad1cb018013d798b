import fc from 'fast-check';
import { logGamma } from '../distributions/log-gamma.js';
import { normalCdf } from '../distributions/normal.js';
import { betaBestOfArms, bestOfShapes } from './beta-best-of-arms.js';
import { betaBinomial } from './beta-binomial.js';
import { betaDifferenceCdf, betaDifferenceInterval } from './beta-difference.js';
import { UNIFORM_PRIOR, betaPosterior } from './beta-posterior.js';
import { effectPosterior } from './effect-posterior.js';
import { expectedExcess } from './expected-excess.js';
import { normalBestOfArms } from './normal-best-of-arms.js';
import { normalPosterior } from './normal-posterior.js';

function valueOf<T>(outcome: { ok: true; value: T } | { ok: false; refusal: { message: string } }): T {
  if (!outcome.ok) throw new Error(outcome.refusal.message);
  return outcome.value;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** `P(B > A)` for integer parameters as a finite sum (Evan Miller 2015). */
function closedSum(a: { alpha: number; beta: number }, b: { alpha: number; beta: number }): number {
  const logBeta = (x: number, y: number): number => logGamma(x) + logGamma(y) - logGamma(x + y);
  let total = 0;
  for (let i = 0; i < b.alpha; i++) {
    const term = logBeta(a.alpha + i, a.beta + b.beta) - logBeta(1 + i, b.beta) - logBeta(a.alpha, a.beta);
    total += Math.exp(term - Math.log(b.beta + i));
  }
  return total;
}

const conversions = fc
  .tuple(fc.integer({ min: 1, max: 3000 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([n, share]) => ({ n, successes: Math.round(n * share) }));

describe('normalPosterior', () => {
  const effect = fc.double({ min: -3, max: 3, noNaN: true });
  const error = fc.double({ min: 0.001, max: 2, noNaN: true });

  it('mirrors signs when the arms are swapped, and chances add up', () => {
    fc.assert(
      fc.property(effect, error, effect, error, (estimate, standardError, mean, deviation) => {
        const prior = { mean, variance: deviation ** 2 };
        const there = valueOf(normalPosterior(estimate, standardError, { alpha: 0.05, prior }));
        const mirrored = { alpha: 0.05, prior: { ...prior, mean: -mean } };
        const back = valueOf(normalPosterior(-estimate, standardError, mirrored));
        expect(back.mean).toBeCloseTo(-there.mean, 12);
        expect(back.chanceToWin + there.chanceToWin).toBeCloseTo(1, 12);
        expect(back.lossOfShippingTreatment).toBeCloseTo(there.lossOfKeepingControl, 12);
        const lower = valueOf(normalPosterior(estimate, standardError, { alpha: 0.05, prior, lowerIsBetter: true }));
        expect(lower.chanceToWin).toBeCloseTo(1 - there.chanceToWin, 12);
        expect(lower.ci).toEqual(there.ci);
      }),
    );
  });

  it('lies between data and prior, and is more certain than either', () => {
    fc.assert(
      fc.property(effect, error, effect, error, (estimate, standardError, mean, deviation) => {
        const prior = { mean, variance: deviation ** 2 };
        const posterior = valueOf(normalPosterior(estimate, standardError, { alpha: 0.05, prior }));
        expect(posterior.mean).toBeGreaterThanOrEqual(Math.min(estimate, mean) - 1e-12);
        expect(posterior.mean).toBeLessThanOrEqual(Math.max(estimate, mean) + 1e-12);
        expect(posterior.standardDeviation).toBeLessThan(Math.min(standardError, deviation));
      }),
    );
  });

  it('gives the prior when the data carry nothing, and refuses when the prior carries nothing either', () => {
    const prior = { mean: 0.1, variance: 0.09 };
    expect(valueOf(normalPosterior(5, 0, { alpha: 0.05, prior }))).toMatchObject({ mean: 0.1 });
    expect(normalPosterior(5, 0, { alpha: 0.05 })).toMatchObject({ ok: false, refusal: { code: 'ZERO_VARIANCE' } });
    expect(normalPosterior(NaN, 1, { alpha: 0.05 })).toMatchObject({ ok: false, refusal: { code: 'INVALID_INPUT' } });
    expect(normalPosterior(1, 1, { alpha: 1 })).toMatchObject({ ok: false, refusal: { code: 'ALPHA_OUT_OF_RANGE' } });
    const flat = { mean: 0, variance: 0 };
    expect(normalPosterior(1, 1, { alpha: 0.05, prior: flat })).toMatchObject({ ok: false });
  });

  it('refuses what is too small to weigh instead of answering NaN', () => {
    expect(normalPosterior(0.1, 1e-170, { alpha: 0.05 })).toMatchObject({ refusal: { code: 'INVALID_INPUT' } });
    const prior = { mean: 0, variance: 1e-320 };
    expect(normalPosterior(0.1, 1, { alpha: 0.05, prior })).toMatchObject({ refusal: { code: 'INVALID_INPUT' } });
    expect(normalPosterior(0.1, Infinity, { alpha: 0.05 })).toMatchObject({ refusal: { code: 'ZERO_VARIANCE' } });
  });

  it('keeps chances to win of 1e-290', () => {
    const { chanceToWin } = valueOf(normalPosterior(-36.5, 1, { alpha: 0.05 }));
    expect(chanceToWin).toBeGreaterThan(1e-300);
    expect(chanceToWin).toBeLessThan(1e-280);
  });
});

describe('effectPosterior', () => {
  it('scales a relative prior for an absolute effect', () => {
    const prior = { mean: 0.1, variance: 0.04 };
    const relative = { kind: 'relative', estimate: 0.02, standardError: 0.05, controlMean: -8 } as const;
    const absolute = { kind: 'absolute', estimate: 0.16, standardError: 0.4, controlMean: -8 } as const;
    const there = valueOf(effectPosterior(relative, { alpha: 0.05, prior }));
    const here = valueOf(effectPosterior(absolute, { alpha: 0.05, prior }));
    expect(here.mean).toBeCloseTo(8 * there.mean, 12);
    expect(here.chanceToWin).toBeCloseTo(there.chanceToWin, 12);
  });

  it('refuses a baseline of 0 where something is relative to it', () => {
    const absolute = { kind: 'absolute', estimate: 1, standardError: 1, controlMean: 0 } as const;
    const prior = { mean: 0, variance: 1 };
    expect(effectPosterior(absolute, { alpha: 0.05 })).toMatchObject({ ok: true });
    expect(effectPosterior(absolute, { alpha: 0.05, prior })).toMatchObject({ refusal: { code: 'ZERO_BASELINE' } });
    expect(effectPosterior({ ...absolute, kind: 'relative' }, { alpha: 0.05 })).toMatchObject({ ok: false });
  });
});

describe('expectedExcess', () => {
  it('differs between the two sides by the mean, also far in a tail', () => {
    fc.assert(
      fc.property(fc.double({ min: -35, max: 35, noNaN: true }), (z) => {
        expect(expectedExcess(z, 1) - expectedExcess(-z, 1)).toBeCloseTo(z, 11);
      }),
    );
    expect(expectedExcess(-20.0001, 1) / expectedExcess(-19.9999, 1)).toBeCloseTo(Math.exp(-20 * 0.0002), 4);
    expect(expectedExcess(-36, 1)).toBeGreaterThan(0);
    expect(expectedExcess(2, 0)).toBe(2);
    expect(expectedExcess(-2, 0)).toBe(0);
  });
});

describe('best of arms', () => {
  it('has all digits where a rate near 0 ends in the tail of another', () => {
    // 40-digit sums.
    const pairs = [
      [188, 3277, 1, 272, 4.5908661306614492e-7],
      [4, 1, 1, 831, 4.9726785723385716e-11],
    ] as const;
    for (const [a, b, c, d, expected] of pairs) {
      const { probabilityBest } = bestOfShapes([
        { alpha: a, beta: b },
        { alpha: c, beta: d },
      ]);
      expect((probabilityBest[1] ?? NaN) / expected).toBeCloseTo(1, 11);
    }
  });

  it('agrees with the closed sum for integer parameters to ten digits', () => {
    const shape = fc.record({ alpha: fc.integer({ min: 1, max: 400 }), beta: fc.integer({ min: 1, max: 4000 }) });
    fc.assert(
      fc.property(shape, shape, (a, b) => {
        const expected = closedSum(a, b);
        fc.pre(expected > 1e-12);
        const { probabilityBest } = bestOfShapes([a, b]);
        expect((probabilityBest[1] ?? NaN) / expected).toBeCloseTo(1, 10);
      }),
      { numRuns: 25 },
    );
  });

  it('has probabilities that sum to 1 and losses that differ by the means, for any number of arms', () => {
    fc.assert(
      fc.property(fc.array(conversions, { minLength: 1, maxLength: 5 }), fc.constantFrom(0.5, 1, 3), (arms, prior) => {
        const result = valueOf(betaBestOfArms(arms, { alpha: prior, beta: prior }));
        expect(sum(result.probabilityBest)).toBeCloseTo(1, 9);
        const means = arms.map(({ n, successes }) => (prior + successes) / (2 * prior + n));
        arms.forEach((_arm, i) => {
          const difference = (result.expectedLoss[0] ?? 0) - (result.expectedLoss[i] ?? 0);
          expect(difference).toBeCloseTo((means[i] ?? 0) - (means[0] ?? 0), 9);
          expect(result.expectedLoss[i]).toBeGreaterThanOrEqual(0);
        });
      }),
      { numRuns: 25 },
    );
  });

  it('turns around when lower is better', () => {
    const arms = [
      { n: 100, successes: 10 },
      { n: 120, successes: 30 },
    ];
    const high = valueOf(betaBestOfArms(arms, UNIFORM_PRIOR));
    const low = valueOf(betaBestOfArms(arms, UNIFORM_PRIOR, true));
    expect(low.probabilityBest[0]).toBeCloseTo(high.probabilityBest[1] ?? NaN, 10);
    expect(low.expectedLoss[0]).toBeCloseTo(high.expectedLoss[1] ?? NaN, 10);
  });

  it('is Φ(d/s) for two normal arms, whatever their spreads', () => {
    const arm = fc.record({
      mean: fc.double({ min: -4, max: 4, noNaN: true }),
      standardDeviation: fc.double({ min: 0.001, max: 5, noNaN: true }),
    });
    fc.assert(
      fc.property(arm, arm, (a, b) => {
        const result = valueOf(normalBestOfArms([a, b]));
        const deviation = Math.hypot(a.standardDeviation, b.standardDeviation);
        expect(result.probabilityBest[0]).toBeCloseTo(normalCdf((a.mean - b.mean) / deviation), 9);
        expect(result.expectedLoss[0]).toBeCloseTo(expectedExcess(b.mean - a.mean, deviation), 9);
      }),
      { numRuns: 25 },
    );
    expect(normalBestOfArms([])).toMatchObject({ ok: false });
    expect(normalBestOfArms([{ mean: 0, standardDeviation: 0 }])).toMatchObject({ refusal: { code: 'ZERO_VARIANCE' } });
  });

  it('keeps small probabilities: arms twenty standard errors apart', () => {
    const arms = [
      { mean: 0, standardDeviation: 1 },
      { mean: 28, standardDeviation: 1 },
    ];
    const { probabilityBest } = valueOf(normalBestOfArms(arms));
    expect((probabilityBest[0] ?? NaN) / normalCdf(-28 / Math.SQRT2)).toBeCloseTo(1, 6);
  });

  it('takes no longer for arms a billion standard deviations apart, and keeps the smallest probabilities', () => {
    const far = [
      { mean: 0, standardDeviation: 1e-3 },
      { mean: 1e6, standardDeviation: 1e-3 },
      { mean: 2e6, standardDeviation: 1e-3 },
    ];
    const { probabilityBest, expectedLoss } = valueOf(normalBestOfArms(far));
    expect(probabilityBest.slice(0, 2)).toEqual([0, 0]);
    expect(probabilityBest[2]).toBeCloseTo(1, 7);
    expect((expectedLoss[0] ?? NaN) / 2e6).toBeCloseTo(1, 10);
    expect((expectedLoss[1] ?? NaN) / 1e6).toBeCloseTo(1, 10);
    for (const [gap, deviation] of [
      [52, 1],
      [30, 0.01],
      [300, 9],
    ] as const) {
      const near = [
        { mean: 0, standardDeviation: 1 },
        { mean: gap, standardDeviation: deviation },
      ];
      const best = valueOf(normalBestOfArms(near));
      expect((best.probabilityBest[0] ?? NaN) / normalCdf(-gap / Math.hypot(1, deviation))).toBeCloseTo(1, 7);
      expect((best.expectedLoss[1] ?? NaN) / expectedExcess(-gap, Math.hypot(1, deviation))).toBeCloseTo(1, 7);
    }
  });
});

describe('betaBinomial', () => {
  it('mirrors when the arms are swapped', () => {
    fc.assert(
      fc.property(conversions, conversions, (a, b) => {
        const there = valueOf(betaBinomial(a, b, UNIFORM_PRIOR, 0.05));
        const back = valueOf(betaBinomial(b, a, UNIFORM_PRIOR, 0.05));
        expect(back.chanceToWin + there.chanceToWin).toBeCloseTo(1, 9);
        expect(back.lossOfShippingTreatment).toBeCloseTo(there.lossOfKeepingControl, 12);
        expect(back.differenceCi[0]).toBeCloseTo(-there.differenceCi[1], 9);
      }),
      { numRuns: 4 },
    );
  });

  it('has a difference distribution that fits its chance to win, at 0 and at its own quantiles', () => {
    fc.assert(
      fc.property(conversions, conversions, fc.constantFrom(0.5, 1), (a, b, prior) => {
        const shape = ({ n, successes }: typeof a) => ({ alpha: prior + successes, beta: prior + n - successes });
        const c = shape(a);
        const t = shape(b);
        expect(betaDifferenceCdf(0, c, t)).toBeCloseTo(bestOfShapes([c, t]).probabilityBest[0] ?? NaN, 8);
        const [low, high] = betaDifferenceInterval(c, t, 0.1);
        expect(betaDifferenceCdf(low, c, t)).toBeCloseTo(0.05, 8);
        expect(betaDifferenceCdf(high, c, t)).toBeCloseTo(0.95, 8);
        expect(betaDifferenceCdf(low / 2, c, t)).toBeCloseTo(1 - betaDifferenceCdf(-low / 2, t, c), 8);
      }),
      { numRuns: 4 },
    );
    expect(betaDifferenceCdf(-1, UNIFORM_PRIOR, UNIFORM_PRIOR)).toBe(0);
    expect(betaDifferenceCdf(1, UNIFORM_PRIOR, UNIFORM_PRIOR)).toBe(1);
    // Two uniforms: the triangular distribution.
    expect(betaDifferenceCdf(0.5, UNIFORM_PRIOR, UNIFORM_PRIOR)).toBeCloseTo(0.875, 10);
    expect(betaDifferenceCdf(-0.5, UNIFORM_PRIOR, UNIFORM_PRIOR)).toBeCloseTo(0.125, 10);
  });

  it('refuses impossible counts and priors', () => {
    const code = (n: number, successes: number, prior = UNIFORM_PRIOR) => {
      const outcome = betaPosterior({ n, successes }, prior, 0.05);
      return outcome.ok ? null : outcome.refusal.code;
    };
    expect(code(0, 0)).toBe('NO_UNITS');
    expect(code(5, 6)).toBe('MORE_SUCCESSES_THAN_UNITS');
    expect(code(5, -1)).toBe('INVALID_INPUT');
    expect(code(5, NaN)).toBe('INVALID_INPUT');
    expect(code(5, 1, { alpha: 0, beta: 1 })).toBe('INVALID_INPUT');
    expect(code(5, 5)).toBeNull();
    expect(code(5, 0)).toBeNull();
    expect(betaBinomial({ n: 0, successes: 0 }, { n: 1, successes: 0 }, UNIFORM_PRIOR, 0.05)).toMatchObject({
      ok: false,
    });
  });
});
