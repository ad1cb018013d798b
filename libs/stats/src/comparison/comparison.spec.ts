import { emptyMean, meanFromValues, meanFromVariance } from '../summary/mean-summary.js';
import { proportionSummary } from '../summary/proportion-summary.js';
import { quantileFromSorted } from '../quantiles/quantile-summary.js';
import { covariateFromValues } from '../summary/covariate-summary.js';
import { ratioCovariateFromValues } from '../summary/ratio-covariate-summary.js';
import { ratioFromValues } from '../summary/ratio-summary.js';
import { compareArms, type ComparableSummary } from './compare-arms.js';
import { compareStrata } from './compare-strata.js';

const gate30 = proportionSummary(44700, 8502);
const gate40 = proportionSummary(45489, 8279);

describe('the example of the results page', () => {
  const comparison = compareArms({ control: gate30, treatment: gate40 });

  it('has the published numbers of retention after 7 days', () => {
    expect(comparison.absolute?.estimate).toBeCloseTo(-0.008201, 6);
    expect(comparison.absolute?.standardError).toBeCloseTo(0.002592, 6);
    expect(comparison.absolute?.ci[0]).toBeCloseTo(-0.013282, 6);
    expect(comparison.absolute?.ci[1]).toBeCloseTo(-0.003121, 6);
    expect(comparison.relative?.estimate).toBeCloseTo(-0.04312, 5);
    expect(comparison.relative?.standardError).toBeCloseTo(0.0133, 4);
    expect(comparison.relative?.ci[0]).toBeCloseTo(-0.0692, 4);
    expect(comparison.relative?.ci[1]).toBeCloseTo(-0.017, 4);
    expect(comparison).toMatchObject({ test: 'two-proportion-z', degreesOfFreedom: null, significant: true });
    expect(comparison.statistic).toBeCloseTo(-3.16436, 5);
    expect(comparison.pValue).toBeCloseTo(0.00155425, 8);
    expect(comparison.adjustedPValue).toBe(comparison.pValue);
    expect(comparison.bayesian?.chanceToWin).toBeCloseTo(0.000609, 6);
    expect(comparison.bayesian?.expectedLoss).toBeCloseTo(0.0082, 4);
    expect(comparison.bayesian?.credibleInterval[0]).toBeCloseTo(-0.0133, 4);
    expect(comparison.bayesian?.credibleInterval[1]).toBeCloseTo(-0.0031, 4);
    expect(comparison.sequential).toBeNull();
    expect(comparison.refusal).toBeNull();
  });

  it('turns only the Bayesian view around when lower is better', () => {
    const lower = compareArms({ control: gate30, treatment: gate40, lowerIsBetter: true });
    expect(lower.pValue).toBe(comparison.pValue);
    expect(lower.absolute).toEqual(comparison.absolute);
    expect(lower.bayesian?.chanceToWin).toBeCloseTo(1 - 0.000609, 6);
    expect(lower.bayesian?.expectedLoss).toBeLessThan(1e-6);
  });

  it('adds the anytime-valid view when a plan is given', () => {
    const sequential = { method: 'asymptotic-cs', tuningParameter: 90_000 } as const;
    const view = compareArms({ control: gate30, treatment: gate40, sequential }).sequential;
    expect(view?.pValue).toBeGreaterThan(comparison.pValue ?? 1);
    expect(view?.ci[0]).toBeLessThan(comparison.absolute?.ci[0] ?? -1);
    expect(view?.ci[1]).toBeGreaterThan(comparison.absolute?.ci[1] ?? 1);
    expect(view?.relativeCi?.[0]).toBeLessThan(comparison.relative?.ci[0] ?? -1);
    expect(view?.significant).toBe((view?.pValue ?? 1) < 0.05);
  });

  it('shrinks towards a prior', () => {
    const prior = { mean: 0, variance: 0.01 ** 2 };
    const shrunk = compareArms({ control: gate30, treatment: gate40, prior });
    expect(shrunk.bayesian?.chanceToWin).toBeGreaterThan(comparison.bayesian?.chanceToWin ?? 1);
    expect(shrunk.pValue).toBe(comparison.pValue);
  });
});

describe('small cells', () => {
  it('take the interval of Newcombe, which agrees with nobody converting', () => {
    const few = compareArms({ control: proportionSummary(120, 0), treatment: proportionSummary(118, 5) });
    expect(few.absolute?.ci[0]).toBeCloseTo(0.003067270094784587, 12);
    expect(few.absolute?.ci[1]).toBeCloseTo(0.09536938505571345, 12);
    expect(few.pValue).toBeCloseTo(0.02266681126560826, 12);
    expect(few.relative).toBeNull();
    expect(few.refusal?.code).toBe('ZERO_BASELINE');
  });

  it('leave the difference but no test when nobody converted at all', () => {
    const none = compareArms({ control: proportionSummary(50, 0), treatment: proportionSummary(60, 0) });
    expect(none.absolute).toMatchObject({ estimate: 0, standardError: null });
    expect(none.absolute?.ci[0]).toBeCloseTo(-0.07134759913335874, 12);
    expect(none).toMatchObject({ relative: null, statistic: null, pValue: null, significant: null, bayesian: null });
    expect(none.refusal?.code).toBe('ZERO_VARIANCE');
  });
});

const refusals: [string, ComparableSummary, ComparableSummary, string][] = [
  ['an empty arm', emptyMean(), meanFromValues([1, 2]), 'NO_UNITS'],
  ['one unit', meanFromValues([1]), meanFromValues([1, 2]), 'TOO_FEW_UNITS'],
  ['no variance in either arm', meanFromValues([1, 1]), meanFromValues([2, 2]), 'ZERO_VARIANCE'],
  ['a value that is no number', meanFromValues([1, NaN, 3]), meanFromValues([1, 2]), 'INVALID_INPUT'],
  ['an infinite value', meanFromVariance(5, Infinity, 1), meanFromValues([1, 2]), 'INVALID_INPUT'],
  ['an empty proportion', proportionSummary(0, 0), proportionSummary(5, 1), 'NO_UNITS'],
  ['more conversions than units', proportionSummary(5, 6), proportionSummary(5, 1), 'MORE_SUCCESSES_THAN_UNITS'],
  ['denominators of 0', ratioFromValues([1, 2], [0, 0]), ratioFromValues([1, 2], [1, 2]), 'ZERO_DENOMINATOR'],
  ['two kinds', meanFromValues([1, 2]), proportionSummary(5, 1), 'INVALID_INPUT'],
];

describe('refusals leave every number null', () => {
  it.each(refusals)('%s', (_title, control, treatment, code) => {
    const comparison = compareArms({ control, treatment });
    expect(comparison.refusal?.code).toBe(code);
    expect(comparison.refusal?.message).not.toBe('');
    for (const field of ['absolute', 'relative', 'statistic', 'pValue', 'significant', 'bayesian'] as const) {
      expect(comparison[field]).toBeNull();
    }
  });

  it('an alpha that is none', () => {
    expect(compareArms({ control: gate30, treatment: gate40, alpha: 0 }).refusal?.code).toBe('ALPHA_OUT_OF_RANGE');
    expect(compareArms({ control: gate30, treatment: gate40, alpha: NaN }).refusal?.code).toBe('ALPHA_OUT_OF_RANGE');
  });

  it('keeps the absolute effect when only the baseline is 0', () => {
    const comparison = compareArms({ control: meanFromValues([-1, 1]), treatment: meanFromValues([1, 2, 4]) });
    expect(comparison.relative).toBeNull();
    expect(comparison.refusal?.code).toBe('ZERO_BASELINE');
    expect(comparison.pValue).toBeGreaterThan(0);
  });
});

describe('a proper prior where nothing varies', () => {
  const prior = { mean: 0.1, variance: 0.04 };
  const constant = (value: number) => meanFromValues([value, value, value]);

  it('is all there is to say', () => {
    const { bayesian, refusal, pValue } = compareArms({ control: constant(5), treatment: constant(5), prior });
    expect(refusal?.code).toBe('ZERO_VARIANCE');
    expect(pValue).toBeNull();
    expect(bayesian?.chanceToWin).toBeCloseTo(0.6914624612740131, 12);
    // Of the relative effect, in units of a mean of 5.
    expect(bayesian?.credibleInterval[0]).toBeCloseTo(5 * (0.1 - 0.2 * 1.959963984540054), 12);
    const lower = compareArms({ control: constant(5), treatment: constant(5), prior, lowerIsBetter: true });
    expect(lower.bayesian?.chanceToWin).toBeCloseTo(1 - 0.6914624612740131, 12);
    const everybody = proportionSummary(40, 40);
    const all = compareArms({ control: everybody, treatment: everybody, prior });
    expect(all.bayesian?.chanceToWin).toBeCloseTo(0.6914624612740131, 12);
  });

  it('says nothing when it is flat, or relative to a baseline of 0, or something varies after all', () => {
    expect(compareArms({ control: constant(5), treatment: constant(5) }).bayesian).toBeNull();
    expect(compareArms({ control: constant(0), treatment: constant(0), prior }).bayesian).toBeNull();
    const nobody = proportionSummary(40, 0);
    expect(compareArms({ control: nobody, treatment: nobody, prior }).bayesian).toBeNull();
    expect(compareArms({ control: nobody, treatment: proportionSummary(40, 40), prior }).bayesian).toBeNull();
  });
});

describe('means', () => {
  it('lets one arm be constant', () => {
    const comparison = compareArms({ control: meanFromVariance(30, 2, 0), treatment: meanFromVariance(25, 2.4, 1) });
    expect(comparison).toMatchObject({ test: 'welch-t', degreesOfFreedom: 24, refusal: null });
    expect(comparison.pValue).toBeCloseTo(0.056939849936591694, 10);
  });

  it('lets the sign of a relative effect follow the absolute one for a negative baseline', () => {
    const comparison = compareArms({
      control: meanFromVariance(1000, -10, 4),
      treatment: meanFromVariance(1000, -5, 4),
    });
    expect(comparison.absolute?.estimate).toBe(5);
    expect(comparison.relative?.estimate).toBe(0.5);
    expect(comparison.bayesian?.chanceToWin).toBe(1);
  });

  it('keeps p-values of 1e-300 as they are', () => {
    const far = compareArms({ control: meanFromVariance(1e6, 0, 1), treatment: meanFromVariance(1e6, 0.0523, 1) });
    expect(far.pValue).toBeGreaterThan(1e-305);
    expect(far.pValue).toBeLessThan(1e-290);
  });

  it('opens one end of a one-sided interval', () => {
    const control = meanFromVariance(100, 10, 4);
    const treatment = meanFromVariance(110, 10.6, 5.2);
    const greater = compareArms({ control, treatment, alternative: 'greater' });
    expect(greater.absolute?.ci[0]).toBeCloseTo(0.11190139586680559, 10);
    expect(greater.absolute?.ci[1]).toBe(Infinity);
    expect(greater.pValue).toBeCloseTo(0.021764001637494357, 10);
  });
});

describe('other kinds of metric', () => {
  const m = [3, 5, 2, 8, 6, 4, 7, 1];
  const d = [5, 6, 4, 9, 9, 5, 8, 3];
  const before = [2, 6, 1, 7, 6, 3, 8, 2];
  const better = m.map((value, i) => value + 1 + (i % 2));

  it.each([
    ['ratio-t', ratioFromValues(m, d), ratioFromValues(better, d)],
    ['cuped-t', covariateFromValues(m, before), covariateFromValues(better, before)],
    ['cuped-ratio-t', ratioCovariateFromValues([m, d, before, d]), ratioCovariateFromValues([better, d, before, d])],
    ['quantile-t', quantileFromSorted(spread(0), 0.9), quantileFromSorted(spread(5), 0.9)],
  ] as const)('%s has every view', (test, control, treatment) => {
    const sequential = { method: 'asymptotic-cs', tuningParameter: 100 } as const;
    const comparison = compareArms({ control, treatment, sequential });
    expect(comparison).toMatchObject({ test, refusal: null });
    expect(comparison.absolute?.estimate).toBeGreaterThan(0);
    expect(comparison.relative?.estimate).toBeGreaterThan(0);
    expect(comparison.pValue).toBeLessThan(1);
    expect(comparison.bayesian?.chanceToWin).toBeGreaterThan(0.5);
    expect(comparison.sequential?.pValue).toBeGreaterThanOrEqual(comparison.pValue ?? 1);
    expect(compareArms({ control, treatment: proportionSummary(5, 1) }).refusal?.code).toBe('INVALID_INPUT');
  });

  it('is more certain with a covariate that explains, about the same effect', () => {
    const plain = compareArms({ control: meanFromValues(m), treatment: meanFromValues(better) });
    const adjusted = compareArms({
      control: covariateFromValues(m, before),
      treatment: covariateFromValues(better, before),
    });
    expect(adjusted.absolute?.estimate).toBeCloseTo(plain.absolute?.estimate ?? NaN, 10);
    expect(adjusted.absolute?.standardError).toBeLessThan(plain.absolute?.standardError ?? 0);
  });

  it('compares strata like the arms they make up', () => {
    const strata = [
      { control: meanFromValues(m), treatment: meanFromValues(better) },
      { control: meanFromValues(before), treatment: meanFromValues(d) },
    ];
    const comparison = compareStrata(strata);
    expect(comparison).toMatchObject({ test: 'post-stratified-t', refusal: null });
    expect(comparison.absolute?.estimate).toBeCloseTo((1.5 + 14 / 8) / 2, 10);
    expect(compareStrata([]).refusal?.code).toBe('NO_UNITS');
  });

  it.each([
    [
      'too few values for a quantile',
      quantileFromSorted([1, 2, 3], 0.9),
      quantileFromSorted(spread(5), 0.9),
      'TOO_FEW_UNITS',
    ],
    ['no earlier units', covariateFromValues([], []), covariateFromValues(m, before), 'NO_UNITS'],
    [
      'denominators of 0',
      ratioCovariateFromValues([m, m.map(() => 0), before, d]),
      ratioCovariateFromValues([m, d, before, d]),
      'ZERO_DENOMINATOR',
    ],
  ])('refuses %s', (_title, control, treatment, code) => {
    const comparison = compareArms({ control, treatment });
    expect(comparison).toMatchObject({ absolute: null, relative: null, pValue: null, bayesian: null });
    expect(comparison.refusal?.code).toBe(code);
  });
});

function spread(shift: number): number[] {
  return Array.from({ length: 400 }, (_, i) => i / 4 + shift);
}
