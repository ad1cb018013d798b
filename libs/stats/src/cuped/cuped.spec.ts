import fc from 'fast-check';
import { armEstimate } from '../effect/arm-estimate.js';
import { welchTest } from '../means/welch-test.js';
import { ratioEffect } from '../ratio/ratio-effect.js';
import { covariateFromValues, covariateSummary, emptyCovariate } from '../summary/covariate-summary.js';
import { meanFromValues } from '../summary/mean-summary.js';
import { momentsFromValues } from '../summary/moments-from-values.js';
import { ratioCovariateFromValues } from '../summary/ratio-covariate-summary.js';
import { ratioFromValues } from '../summary/ratio-summary.js';
import { codeOf, expectAgree, valueOf } from '../testing/outcomes.js';
import { cupedEffect } from './cuped-effect.js';
import { cupedEstimate } from './cuped-estimate.js';
import { cupedRatioEffect } from './cuped-ratio-effect.js';
import { cupedRatioEstimate } from './cuped-ratio-estimate.js';
import { cupedTheta } from './cuped-theta.js';
import { regressionAdjustment } from './regression-adjustment.js';
import { solveSymmetric } from './solve-symmetric.js';

const unit = fc.tuple(
  fc.integer({ min: -40, max: 40 }),
  fc.integer({ min: -30, max: 30 }),
  fc.integer({ min: 0, max: 9 }),
);
const arm = fc.array(unit, { minLength: 6, maxLength: 40 });
type Units = readonly (readonly [number, number, number])[];
const column = (units: Units, i: 0 | 1 | 2) => units.map((row) => row[i]);
const withOne = (units: Units) => covariateFromValues(column(units, 0), column(units, 1));
const withTwo = (units: Units) =>
  covariateSummary(momentsFromValues([0, 1, 2].map((i) => column(units, i as 0 | 1 | 2))));

describe('CUPED', () => {
  it('is the test of y - θ x', () => {
    fc.assert(
      fc.property(arm, arm, (a, b) => {
        const theta = cupedTheta(withTwo(a), withTwo(b));
        fc.pre(theta.ok);
        const [first = 0, second = 0] = valueOf(theta);
        const adjust = (units: Units) =>
          armEstimate(meanFromValues(units.map(([y, x, z]) => y - first * x - second * z)));
        const direct = welchTest(adjust(a), adjust(b), 0.05);
        const adjusted = cupedEffect(withTwo(a), withTwo(b), 'absolute', 0.05);
        fc.pre(direct.ok && adjusted.ok);
        const scale = valueOf(direct).standardError;
        expectAgree(valueOf(adjusted).estimate, valueOf(direct).estimate, 1e-8, 100 * scale);
        expectAgree(valueOf(adjusted).standardError, valueOf(direct).standardError, 1e-7);
        expectAgree(valueOf(adjusted).pValue, valueOf(direct).pValue, 1e-6, 1);
      }),
      { numRuns: 200 },
    );
  });

  it('does not care about the origin of the covariate', () => {
    fc.assert(
      fc.property(arm, arm, fc.integer({ min: -1000, max: 1000 }), (a, b, shift) => {
        const moved = (units: Units) => withOne(units.map(([y, x, z]) => [y, x + shift, z] as const));
        const plain = cupedEffect(withOne(a), withOne(b), 'absolute', 0.05);
        const other = cupedEffect(moved(a), moved(b), 'absolute', 0.05);
        expect(codeOf(other)).toBe(codeOf(plain));
        if (plain.ok && other.ok) expectAgree(other.value.estimate, plain.value.estimate, 1e-9, 100);
      }),
      { numRuns: 100 },
    );
  });

  it('swapping the arms mirrors the effect', () => {
    fc.assert(
      fc.property(arm, arm, (a, b) => {
        const there = cupedEffect(withOne(a), withOne(b), 'absolute', 0.05);
        const back = cupedEffect(withOne(b), withOne(a), 'absolute', 0.05);
        expect(codeOf(back)).toBe(codeOf(there));
        if (there.ok && back.ok) expectAgree(back.value.estimate, -there.value.estimate, 1e-9, 100);
      }),
      { numRuns: 100 },
    );
  });

  it('changes nothing without history', () => {
    const y = [3, 1, 4, 1, 5, 9, 2, 6];
    const none = y.map(() => 0);
    const control = covariateFromValues(y, none);
    const treatment = covariateFromValues(
      y.map((value) => value + 1),
      none,
    );
    const estimate = valueOf(cupedEstimate(control, treatment));
    expect(estimate).toMatchObject({ theta: [0], varianceReduction: 0 });
    expect(estimate.control).toEqual(armEstimate(meanFromValues(y)));
  });

  it('removes all variance that the past explains', () => {
    const x = [3, 1, 4, 1, 5, 9, 2, 6];
    const noise = [0.1, -0.2, 0.05, 0, 0.1, -0.1, 0.15, -0.1];
    const control = covariateFromValues(
      x.map((value, i) => 2 * value + (noise[i] ?? 0)),
      x,
    );
    const treatment = covariateFromValues(
      x.map((value, i) => 2 * value - (noise[i] ?? 0) + 0.5),
      x,
    );
    const { theta, varianceReduction } = valueOf(cupedEstimate(control, treatment));
    expect(theta[0]).toBeCloseTo(2, 1);
    expect(varianceReduction).toBeGreaterThan(0.99);
    expect(valueOf(cupedEffect(control, treatment, 'absolute', 0.05)).pValue).toBeLessThan(1e-5);
  });

  it('refuses outcomes that the past explains to the last digit', () => {
    const x = [3, 1, 4, 1, 5, 9, 2, 6];
    const explained = covariateFromValues(
      x.map((value) => 0.1 * value + 0.3),
      x,
    );
    expect(codeOf(cupedEffect(explained, explained, 'absolute', 0.05))).toBe('ZERO_VARIANCE');
  });

  it('ignores a covariate that never varies and refuses one that follows from another', () => {
    const y = [3, 1, 4, 1, 5, 9];
    const x = [1, 2, 3, 4, 5, 7];
    const of = (...covariates: number[][]) => covariateSummary(momentsFromValues([y, ...covariates]));
    const constant = x.map(() => 7);
    const [slope = NaN, ofConstant = NaN] = valueOf(cupedTheta(of(x, constant), of(x, constant)));
    expectAgree(slope, valueOf(cupedTheta(of(x), of(x)))[0] ?? NaN, 1e-12);
    expect(ofConstant).toBe(0);
    const doubled = x.map((value) => 2 * value + 1);
    expect(codeOf(cupedTheta(of(x, doubled), of(x, doubled)))).toBe('COLLINEAR_COVARIATES');
    expect(codeOf(cupedEffect(of(x, doubled), of(x, doubled), 'absolute', 0.05))).toBe('COLLINEAR_COVARIATES');
  });

  it('refuses what a test refuses', () => {
    const some = covariateFromValues([1, 2, 4], [1, 1, 3]);
    expect(codeOf(cupedEffect(emptyCovariate(), some, 'absolute', 0.05))).toBe('NO_UNITS');
    expect(codeOf(cupedEffect(covariateFromValues([1], [1]), some, 'absolute', 0.05))).toBe('TOO_FEW_UNITS');
    expect(codeOf(cupedEffect(some, emptyCovariate({}, 2), 'absolute', 0.05))).toBe('NO_UNITS');
    expect(codeOf(cupedEffect(covariateFromValues([-1, 1, 0], [1, 1, 3]), some, 'relative', 0.05))).toBe(
      'ZERO_BASELINE',
    );
    expect(codeOf(cupedEffect(some, some, 'absolute', 0))).toBe('ALPHA_OUT_OF_RANGE');
    const exact = covariateFromValues([2, 4, 6], [1, 2, 3]);
    expect(codeOf(cupedEffect(exact, exact, 'absolute', 0.05))).toBe('ZERO_VARIANCE');
  });
});

describe('CUPED of ratios', () => {
  const m = [3, 5, 2, 8, 6, 4];
  const d = [5, 6, 4, 9, 9, 5];
  const mBefore = [2, 6, 1, 7, 6, 3];
  const dBefore = [4, 6, 3, 8, 9, 6];
  const control = ratioCovariateFromValues([m, d, mBefore, dBefore]);
  const treatment = ratioCovariateFromValues([m.map((value) => value + 1), d, mBefore, dBefore]);

  it('is the plain ratio without anything before exposure, or with slope 0', () => {
    const none = m.map(() => 0);
    const plain = valueOf(
      ratioEffect(
        ratioFromValues(m, d),
        ratioFromValues(
          m.map((value) => value + 1),
          d,
        ),
        'relative',
        0.05,
      ),
    );
    const blank = [control, treatment].map((_, i) =>
      ratioCovariateFromValues([i === 0 ? m : m.map((value) => value + 1), d, none, none]),
    );
    const [c = control, t = treatment] = blank;
    const adjusted = valueOf(cupedRatioEffect(c, t, 'relative', 0.05));
    expectAgree(adjusted.estimate, plain.estimate, 1e-12);
    expectAgree(adjusted.standardError, plain.standardError, 1e-12);
    expect(valueOf(cupedRatioEstimate(c, t)).theta).toBe(0);
    expectAgree(valueOf(cupedRatioEstimate(control, treatment, 0)).relativeStandardError, plain.standardError, 1e-12);
  });

  it('is the CUPED of means when every denominator is 1', () => {
    const ones = m.map(() => 1);
    const shifted = m.map((value, i) => value + (i % 2));
    const asRatio = (y: number[]) => ratioCovariateFromValues([y, ones, mBefore, ones]);
    const ratio = valueOf(cupedRatioEstimate(asRatio(m), asRatio(shifted), 0.5));
    const adjusted = (y: number[]) =>
      armEstimate(meanFromValues(y.map((value, i) => value - 0.5 * (mBefore[i] ?? NaN))));
    expectAgree(ratio.control.mean, adjusted(m).mean, 1e-12);
    expectAgree(ratio.control.variance, adjusted(m).variance, 1e-12);
    expectAgree(ratio.treatment.variance, adjusted(shifted).variance, 1e-12);
  });

  it('refuses what cannot be', () => {
    const zero = ratioCovariateFromValues([m, m.map(() => 0), mBefore, dBefore]);
    expect(codeOf(cupedRatioEffect(zero, treatment, 'absolute', 0.05))).toBe('ZERO_DENOMINATOR');
    expect(codeOf(cupedRatioEffect(ratioCovariateFromValues([[1], [1], [1], [1]]), treatment, 'absolute', 0.05))).toBe(
      'TOO_FEW_UNITS',
    );
    expect(codeOf(cupedRatioEffect(ratioCovariateFromValues([[], [], [], []]), treatment, 'absolute', 0.05))).toBe(
      'NO_UNITS',
    );
  });
});

describe('regression adjustment', () => {
  const outcomes = [1, 3, 2, 5, 4, 6, 5, 8];
  const treated = [false, true, false, true, false, true, false, true];
  const covariates = [[1], [2], [2], [3], [4], [4], [5], [6]];

  it('without covariates is the plain difference with Welch errors', () => {
    const none = outcomes.map(() => []);
    const fit = valueOf(regressionAdjustment({ outcomes, treated, covariates: none }, 0.05));
    const of = (arm: boolean) => armEstimate(meanFromValues(outcomes.filter((_, i) => treated[i] === arm)));
    const welch = valueOf(welchTest(of(false), of(true), 0.05));
    expectAgree(fit.effect, welch.estimate, 1e-12);
    expectAgree(fit.standardErrorHc2, welch.standardError, 1e-12);
    expect(fit.standardErrorHc3).toBeGreaterThan(fit.standardErrorHc2);
  });

  it('is not moved by the origin or the scale of a covariate', () => {
    const plain = valueOf(regressionAdjustment({ outcomes, treated, covariates }, 0.05));
    const other = covariates.map(([x = NaN]) => [1e6 + 1000 * x]);
    const moved = valueOf(regressionAdjustment({ outcomes, treated, covariates: other }, 0.05));
    expectAgree(moved.effect, plain.effect, 1e-9);
    expectAgree(moved.standardErrorHc2, plain.standardErrorHc2, 1e-8);
  });

  it.each([
    ['lengths that differ', { outcomes, treated: [true], covariates }, 'INVALID_INPUT'],
    ['a value that is none', { outcomes: outcomes.map(() => NaN), treated, covariates }, 'INVALID_INPUT'],
    [
      'rows of different length',
      { outcomes, treated, covariates: covariates.map((row, i) => (i === 3 ? [] : row)) },
      'INVALID_INPUT',
    ],
    ['nobody treated', { outcomes, treated: treated.map(() => false), covariates }, 'TOO_FEW_UNITS'],
    ['a constant covariate', { outcomes, treated, covariates: covariates.map(() => [3]) }, 'COLLINEAR_COVARIATES'],
    [
      'the same covariate twice',
      { outcomes, treated, covariates: covariates.map(([x = 0]) => [x, 2 * x]) },
      'COLLINEAR_COVARIATES',
    ],
  ])('refuses %s', (_title, data, code) => {
    expect(codeOf(regressionAdjustment(data, 0.05))).toBe(code);
  });
});

describe('solving a symmetric system', () => {
  it('gives back what was multiplied', () => {
    const a = [
      [4, 2, 1],
      [2, 5, 3],
      [1, 3, 6],
    ];
    const x = [1, -2, 3];
    const b = a.map((row) => row.reduce((sum, value, i) => sum + value * (x[i] ?? NaN), 0));
    solveSymmetric(a, b)?.forEach((value, i) => expectAgree(value, x[i] ?? NaN, 1e-13));
    expect(
      solveSymmetric(
        [
          [1, 2],
          [2, 4],
        ],
        [1, 2],
      ),
    ).toBeNull();
  });
});
