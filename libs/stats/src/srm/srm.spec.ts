import fc from 'fast-check';
import { codeOf, valueOf } from '../testing/outcomes.js';
import { logGamma } from '../distributions/log-gamma.js';
import { binomialPmf } from '../distributions/binomial.js';
import { exactBinomialTest } from './exact-binomial-test.js';
import { checkMultipleExposures } from './multiple-exposures.js';
import { sequentialSrm } from './sequential-srm.js';
import { srmOverPeriods } from './srm-over-periods.js';
import { srmTest } from './srm-test.js';
import { twoArmSrmTest } from './two-arm-srm-test.js';

describe('verdicts', () => {
  it.each([
    [[44700, 45489], 'warning'],
    [[821588, 815482], 'mismatch'],
    [[5000, 5050], 'ok'],
    [[15, 0], 'insufficient'],
    [[0, 0], 'insufficient'],
  ])('%p of equal weights is %s', (observed, verdict) => {
    expect(valueOf(srmTest(observed, [50, 50])).verdict).toBe(verdict);
  });

  it('keeps a hopeless split at its p-value, not at 0', () => {
    const { pValue } = valueOf(srmTest([10_000, 11_900], [1, 1]));
    expect(pValue).toBeGreaterThan(0);
    expect(pValue).toBeLessThan(1e-35);
  });

  it('leaves arms of weight 0 out of sum and degrees of freedom', () => {
    const { expected, degreesOfFreedom, statistic } = valueOf(srmTest([100, 0, 110], [1, 0, 1]));
    expect(expected).toEqual([105, 0, 105]);
    expect(degreesOfFreedom).toBe(1);
    expect(statistic).toBeCloseTo((2 * 25) / 105, 12);
  });

  it('adds up what each period promised', () => {
    const periods = [
      { observed: [900, 100], weights: [9, 1] },
      { observed: [490, 510], weights: [1, 1] },
    ];
    const whole = valueOf(srmOverPeriods(periods));
    expect(whole.expected).toEqual([1400, 600]);
    expect(whole.statistic).toBeCloseTo(100 / 1400 + 100 / 600, 12);
    expect(whole.verdict).toBe('ok');
  });
});

describe('refusals', () => {
  it.each([
    [[1, 2], [1], 'INVALID_INPUT'],
    [[1, -2], [1, 1], 'INVALID_INPUT'],
    [[1, NaN], [1, 1], 'INVALID_INPUT'],
    [[1, 2], [1, Infinity], 'INVALID_INPUT'],
    [[1, 2], [0, 1], 'ZERO_WEIGHT'],
    [[1, 2], [0, 0], 'ZERO_WEIGHT'],
  ])('%p with weights %p', (observed, weights, code) => {
    expect(codeOf(srmTest(observed, weights))).toBe(code);
    expect(codeOf(sequentialSrm([observed], weights))).toBe(code);
    expect(codeOf(srmOverPeriods([{ observed, weights }]))).toBe(code);
  });

  it('refuses counts and rates that are none', () => {
    expect(codeOf(exactBinomialTest(3, 2, 0.5))).toBe('INVALID_INPUT');
    expect(codeOf(exactBinomialTest(1, 2, 0))).toBe('INVALID_INPUT');
    expect(codeOf(twoArmSrmTest(1, 2, 0))).toBe('INVALID_INPUT');
    expect(codeOf(sequentialSrm([[1, 2]], [1, 1], 0))).toBe('INVALID_INPUT');
  });
});

describe('exact binomial test', () => {
  it('sums the probabilities of all counts that are no more likely', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.nat(60),
        fc.double({ min: 0.02, max: 0.98, noNaN: true }),
        (n, raw, p) => {
          const k = raw % (n + 1);
          let sum = 0;
          for (let i = 0; i <= n; i++) {
            if (binomialPmf(i, n, p) <= binomialPmf(k, n, p) * (1 + 1e-7)) sum += binomialPmf(i, n, p);
          }
          expect(valueOf(exactBinomialTest(k, n, p))).toBeCloseTo(sum, 10);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('equals scipy on the example of tea-tasting', () => {
    expect(valueOf(twoArmSrmTest(53, 47, 1))).toBeCloseTo(0.6172994135892521, 12);
    expect(valueOf(twoArmSrmTest(0, 0, 1))).toBe(1);
  });
});

describe('sequential SRM', () => {
  it('is the Dirichlet-multinomial Bayes factor', () => {
    const counts = [812, 1190];
    const [a, b] = [100 / 3, 200 / 3];
    const gammas = logGamma(100) - logGamma(2102) + logGamma(a + 812) - logGamma(a) + logGamma(b + 1190) - logGamma(b);
    const expected = gammas - 812 * Math.log(1 / 3) - 1190 * Math.log(2 / 3);
    expect(valueOf(sequentialSrm([counts], [1, 2]))[0]?.logBayesFactor).toBeCloseTo(expected, 9);
  });

  it('never raises its p-value from look to look', () => {
    const increments = fc.array(fc.tuple(fc.nat(500), fc.nat(500)), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(increments, (steps) => {
        let counts: [number, number] = [0, 0];
        const looks = steps.map(([a, b]) => (counts = [counts[0] + a, counts[1] + b]));
        const pValues = valueOf(sequentialSrm(looks, [1, 1])).map((look) => look.pValue);
        pValues.forEach((p, i) => expect(p).toBeLessThanOrEqual(pValues[i - 1] ?? 1));
      }),
      { numRuns: 100 },
    );
  });
});

describe('multiple exposures', () => {
  it('warns from ten units and one per cent on', () => {
    expect(checkMultipleExposures(9, 100).verdict).toBe('ok');
    expect(checkMultipleExposures(50, 10_000).verdict).toBe('ok');
    expect(checkMultipleExposures(1895, 288_689)).toEqual({ count: 1895, share: 1895 / 290_584, verdict: 'ok' });
    expect(checkMultipleExposures(150, 10_000).verdict).toBe('warning');
  });
});
