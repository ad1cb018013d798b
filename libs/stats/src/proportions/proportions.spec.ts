import fc from 'fast-check';
import { normalSurvival } from '../distributions/normal.js';
import { codeOf, valueOf } from '../testing/outcomes.js';
import { proportionSummary } from '../summary/proportion-summary.js';
import { agrestiCaffoInterval } from './agresti-caffo-interval.js';
import { barnardExactTest } from './barnard-exact-test.js';
import { boschlooExactTest } from './boschloo-exact-test.js';
import { contingencyTest } from './contingency-test.js';
import { correctedZTest } from './corrected-z-test.js';
import { fisherExactTest } from './fisher-exact-test.js';
import { katzLogInterval } from './katz-log-interval.js';
import { newcombeInterval } from './newcombe-interval.js';
import { pooledZTest } from './pooled-z-test.js';
import { proportionLift } from './proportion-lift.js';
import { scoreInterval, scoreStatistic } from './score-interval.js';
import { waldInterval } from './wald-interval.js';
import { wilsonInterval } from './wilson-interval.js';

// 19 of 53 against 13 of 47: the example of tea-tasting's test suite (MIT), whose exact p-values come from scipy.
const control = proportionSummary(53, 19);
const treatment = proportionSummary(47, 13);

describe('exact tests agree with scipy', () => {
  it('Fisher', () => {
    expect(valueOf(fisherExactTest(control, treatment))).toBeCloseTo(0.3999948918153569, 11);
    expect(valueOf(fisherExactTest(control, treatment, 'less'))).toBeCloseTo(0.2546303652212273, 11);
  });

  it('Barnard', () => {
    expect(valueOf(barnardExactTest(control, treatment))).toBeCloseTo(0.530637102766593, 6);
    expect(valueOf(barnardExactTest(control, treatment, 'less'))).toBeCloseTo(0.2894571757676508, 6);
  });

  it('Barnard with a table that is infinitely far out, unpooled', () => {
    const [none, all] = [proportionSummary(5, 0), proportionSummary(5, 5)];
    // Only it and its mirror are as extreme: 2 · 2⁻¹⁰ at a common rate of one half.
    expect(valueOf(barnardExactTest(none, all, 'two-sided', 'unpooled'))).toBeCloseTo(2 ** -9, 12);
    expect(valueOf(barnardExactTest(none, all, 'greater', 'unpooled'))).toBeCloseTo(2 ** -10, 12);
    expect(valueOf(barnardExactTest(none, all, 'less', 'unpooled'))).toBeCloseTo(1, 12);
    expect(valueOf(barnardExactTest(all, none, 'less', 'unpooled'))).toBeCloseTo(2 ** -10, 12);
    const almost = valueOf(barnardExactTest(none, proportionSummary(5, 4), 'two-sided', 'unpooled'));
    expect(almost).toBeGreaterThan(2 ** -9);
    expect(almost).toBeLessThan(0.1);
  });

  it('Fisher for billions of units, where the normal distribution is exact to nine digits', () => {
    const arms = [proportionSummary(5e9, 2.5e9), proportionSummary(5e9, 2.5001e9)] as const;
    // Two standard deviations of 25 000, less half a unit.
    const tail = normalSurvival(2 - 0.5 / 25_000);
    expect(valueOf(fisherExactTest(...arms)) / (2 * tail)).toBeCloseTo(1, 7);
    expect(valueOf(fisherExactTest(...arms, 'greater')) / tail).toBeCloseTo(1, 7);
    expect(valueOf(fisherExactTest(...arms, 'less'))).toBeCloseTo(1 - normalSurvival(2 + 0.5 / 25_000), 8);
    expect(valueOf(fisherExactTest(proportionSummary(5e9, 3), proportionSummary(5e9, 0)))).toBeCloseTo(0.25, 9);
    expect(codeOf(fisherExactTest(proportionSummary(9e11, 3), proportionSummary(9e11, 0)))).toBe('TOO_MANY_UNITS');
  });

  it('Boschloo', () => {
    expect(valueOf(boschlooExactTest(control, treatment))).toBeCloseTo(0.4000169399363184, 6);
    expect(valueOf(boschlooExactTest(control, treatment, 'greater'))).toBeCloseTo(0.8249417819623234, 6);
  });

  it('chi-square tests with and without correction', () => {
    expect(valueOf(contingencyTest(control, treatment, 'log-likelihood', true)).pValue).toBeCloseTo(
      0.5076294534617167,
      12,
    );
    expect(valueOf(contingencyTest(control, treatment, 'log-likelihood')).pValue).toBeCloseTo(0.37976268998844287, 12);
    expect(valueOf(contingencyTest(control, treatment, 'pearson', true)).pValue).toBeCloseTo(0.5083165530405195, 12);
  });
});

describe('the interval of Agresti and Caffo', () => {
  it('is not cut at what a difference can be, as in statsmodels', () => {
    const [low, high] = valueOf(agrestiCaffoInterval(proportionSummary(5, 0), proportionSummary(5, 5), 0.05));
    expect(low).toBeCloseTo(0.3476863951615486, 12);
    expect(high).toBeCloseTo(1.0808850334098798, 12);
  });
});

describe('large counts keep their digits', () => {
  it('in the score interval near 0 and near 1', () => {
    // 30-digit inversion of the score test.
    const cases = [
      [1e9, 5, 1e9, 12, -1.2150744078585e-9, 1.653395579697021e-8],
      [1e9, 1e9 - 5, 1e9, 1e9 - 12, -1.653395579697021e-8, 1.2150744078585e-9],
      [1e8, 0, 3e8, 7, -1.508125371804895e-8, 4.816864916751272e-8],
      [2e6, 37, 1e6, 40, 8.861215945295689e-6, 3.687554286733812e-5],
    ] as const;
    for (const [nC, xC, nT, xT, low, high] of cases) {
      const ci = valueOf(scoreInterval(proportionSummary(nC, xC), proportionSummary(nT, xT), 0.05));
      expect(ci[0] / low).toBeCloseTo(1, 6);
      expect(ci[1] / high).toBeCloseTo(1, 6);
    }
  });

  it('in the G statistic of a small difference', () => {
    const g = (n: number, control: number, treatment: number) =>
      valueOf(contingencyTest(proportionSummary(n, control), proportionSummary(n, treatment), 'log-likelihood'))
        .statistic;
    expect(g(1e9, 5e8, 5e8 + 30_000) / 1.80000000189).toBeCloseTo(1, 11);
    expect(g(1e12, 3e11, 3e11 + 200) / 9.5238095219954649e-8).toBeCloseTo(1, 9);
    expect(g(1e12, 3e11, 3e11)).toBe(0);
  });
});

describe('the corrected z test in one direction', () => {
  it('leaves the other end open', () => {
    const greater = valueOf(correctedZTest(treatment, control, { alpha: 0.05, alternative: 'greater' }));
    expect(greater.absoluteCi[0]).toBeCloseTo(-0.0919114073864812, 12);
    expect(greater.absoluteCi[1]).toBe(1);
    expect(greater.relativeCi?.[0]).toBeCloseTo(-0.25445686244444576, 12);
    expect(greater.relativeCi?.[1]).toBe(Infinity);
    expect(greater.pValue).toBeCloseTo(0.2541582765202598, 12);
    const less = valueOf(correctedZTest(control, treatment, { alpha: 0.05, alternative: 'less' }));
    expect(less.absoluteCi[0]).toBe(-1);
    expect(less.absoluteCi[1]).toBeCloseTo(0.0919114073864812, 12);
    expect(less.relativeCi?.[1]).toBeCloseTo(0.3192513062736768, 12);
    expect(less.pValue).toBeCloseTo(0.2541582765202598, 12);
  });

  it('clips the interval of an extreme difference to what a difference can be', () => {
    const result = valueOf(
      correctedZTest(proportionSummary(20, 1), proportionSummary(20, 20), { alpha: 0.05, continuityCorrection: false }),
    );
    expect(result.absoluteCi[0]).toBeCloseTo(0.640490098153452, 12);
    expect(result.absoluteCi[1]).toBe(1);
  });
});

describe('what cannot be computed is refused', () => {
  const some = proportionSummary(100, 10);
  it.each([
    ['an empty arm', proportionSummary(0, 0), 'NO_UNITS'],
    ['more conversions than units', proportionSummary(10, 11), 'MORE_SUCCESSES_THAN_UNITS'],
    ['a negative count', proportionSummary(10, -1), 'INVALID_INPUT'],
    ['NaN', proportionSummary(NaN, 1), 'INVALID_INPUT'],
    ['half a unit', proportionSummary(10.5, 1), 'INVALID_INPUT'],
  ])('%s', (_title, arm, code) => {
    expect(codeOf(pooledZTest(some, arm))).toBe(code);
    expect(codeOf(newcombeInterval(arm, some, 0.05))).toBe(code);
    expect(codeOf(fisherExactTest(arm, some))).toBe(code);
    expect(codeOf(scoreInterval(some, arm, 0.05))).toBe(code);
    expect(codeOf(barnardExactTest(some, arm))).toBe(code);
  });

  it('nobody converted: no z test, but the intervals that allow for it', () => {
    const none = proportionSummary(50, 0);
    expect(codeOf(pooledZTest(none, none))).toBe('ZERO_VARIANCE');
    expect(codeOf(waldInterval(none, none, 0.05))).toBe('ZERO_VARIANCE');
    expect(codeOf(contingencyTest(none, none))).toBe('ZERO_VARIANCE');
    expect(codeOf(proportionLift(none, some, 0.05))).toBe('ZERO_BASELINE');
    expect(codeOf(katzLogInterval(some, none, 0.05))).toBe('ZERO_BASELINE');
    expect(valueOf(fisherExactTest(none, none))).toBe(1);
    const [low, high] = valueOf(newcombeInterval(none, none, 0.05));
    expect(low).toBeLessThan(0);
    expect(high).toBeCloseTo(-low, 14);
  });

  it('an impossible level and an exact test of a million units', () => {
    expect(codeOf(newcombeInterval(some, some, 0))).toBe('ALPHA_OUT_OF_RANGE');
    expect(codeOf(waldInterval(some, some, 1))).toBe('ALPHA_OUT_OF_RANGE');
    expect(codeOf(barnardExactTest(proportionSummary(1e6, 5), some))).toBe('TOO_MANY_UNITS');
    expect(codeOf(boschlooExactTest(proportionSummary(1e6, 5), some))).toBe('TOO_MANY_UNITS');
  });

  it('prints a p-value of 1e-300 as it is', () => {
    const { pValue } = valueOf(pooledZTest(proportionSummary(10_000, 1000), proportionSummary(10_000, 3060)));
    expect(pValue).toBeGreaterThan(0);
    expect(pValue).toBeLessThan(1e-280);
  });
});

const arm = fc
  .tuple(fc.integer({ min: 1, max: 400 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([n, rate]) => proportionSummary(n, Math.round(n * rate)));

describe('properties', () => {
  it('swapping the arms mirrors every interval and turns the p-values around', () => {
    fc.assert(
      fc.property(arm, arm, (a, b) => {
        for (const method of [newcombeInterval, scoreInterval]) {
          const [low, high] = valueOf(method(a, b, 0.05));
          const [mirroredLow, mirroredHigh] = valueOf(method(b, a, 0.05));
          expect(low).toBeCloseTo(-mirroredHigh, 9);
          expect(high).toBeCloseTo(-mirroredLow, 9);
        }
        expect(valueOf(fisherExactTest(a, b))).toBeCloseTo(valueOf(fisherExactTest(b, a)), 9);
        expect(valueOf(fisherExactTest(a, b, 'less'))).toBeCloseTo(valueOf(fisherExactTest(b, a, 'greater')), 9);
      }),
      { numRuns: 100 },
    );
  });

  it('keeps every interval inside of what is possible, around the estimate', () => {
    fc.assert(
      fc.property(arm, arm, fc.double({ min: 0.001, max: 0.5, noNaN: true }), (a, b, alpha) => {
        const difference = b.successes / b.n - a.successes / a.n;
        for (const method of [newcombeInterval, scoreInterval]) {
          const [low, high] = valueOf(method(a, b, alpha));
          expect(low).toBeGreaterThanOrEqual(-1 - 1e-12);
          expect(high).toBeLessThanOrEqual(1 + 1e-12);
          expect(low).toBeLessThanOrEqual(difference + 1e-12);
          expect(high).toBeGreaterThanOrEqual(difference - 1e-12);
        }
        const [low, high] = valueOf(wilsonInterval(a, alpha));
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
      }),
      { numRuns: 100 },
    );
  });

  it('ends the score interval where the score test rejects', () => {
    fc.assert(
      fc.property(arm, arm, (a, b) => {
        const [low, high] = valueOf(scoreInterval(a, b, 0.05));
        for (const end of [low, high]) {
          if (Math.abs(end) < 1) expect(Math.abs(scoreStatistic(a, b, end))).toBeCloseTo(1.959963984540054, 5);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('never finds Barnard or Boschloo below the probability at any single rate', () => {
    const small = fc
      .tuple(fc.integer({ min: 1, max: 12 }), fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([n, rate]) => proportionSummary(n, Math.round(n * rate)));
    fc.assert(
      fc.property(small, small, (a, b) => {
        const boschloo = valueOf(boschlooExactTest(a, b, 'greater'));
        expect(boschloo).toBeLessThanOrEqual(valueOf(fisherExactTest(a, b, 'greater')) + 1e-9);
        expect(boschloo).toBeGreaterThan(0);
        expect(valueOf(barnardExactTest(a, b))).toBeLessThanOrEqual(1);
      }),
      { numRuns: 30 },
    );
  });
});
