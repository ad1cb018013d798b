import fc from 'fast-check';
import { effect } from '../effect/effect.js';
import { armEstimate } from '../effect/arm-estimate.js';
import { covariateFromValues, covariateSummary } from '../summary/covariate-summary.js';
import { emptyMean, meanFromValues } from '../summary/mean-summary.js';
import { momentsFromValues } from '../summary/moments-from-values.js';
import { proportionSummary } from '../summary/proportion-summary.js';
import { ratioCovariateFromValues } from '../summary/ratio-covariate-summary.js';
import { ratioFromValues } from '../summary/ratio-summary.js';
import { codeOf, expectAgree, valueOf } from '../testing/outcomes.js';
import { mergeUnusableStrata } from './merge-unusable-strata.js';
import { postStratifiedEffect } from './post-stratified-effect.js';
import { postStratifiedEstimate } from './post-stratified-estimate.js';
import { regressedStratum } from './regressed-stratum.js';
import type { Stratum } from './stratum.js';

const values = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 3, maxLength: 30 });
const stratum = fc
  .tuple(values, values)
  .map(([a, b]): Stratum => ({ control: meanFromValues(a), treatment: meanFromValues(b) }));

describe('post-stratification', () => {
  it('with one stratum is the plain test', () => {
    const [a, b] = [meanFromValues([1, 2, 4, 7]), meanFromValues([2, 5, 6, 6, 9])];
    for (const differenceType of ['absolute', 'relative'] as const) {
      const stratified = valueOf(postStratifiedEffect([{ control: a, treatment: b }], differenceType, 0.05));
      const plain = valueOf(
        effect({ control: armEstimate(a), treatment: armEstimate(b), differenceType, alpha: 0.05 }),
      );
      expectAgree(stratified.estimate, plain.estimate, 1e-12);
      expectAgree(stratified.standardError, plain.standardError, 1e-12);
      expectAgree(stratified.pValue, plain.pValue, 1e-10);
    }
  });

  it('does not depend on the order of the strata, and mirrors with the arms', () => {
    fc.assert(
      fc.property(fc.array(stratum, { minLength: 1, maxLength: 5 }), (strata) => {
        const there = postStratifiedEffect(strata, 'absolute', 0.05);
        const reversed = postStratifiedEffect([...strata].reverse(), 'absolute', 0.05);
        const swapped = strata.map(({ control, treatment }) => ({ control: treatment, treatment: control }));
        const back = postStratifiedEffect(swapped, 'absolute', 0.05);
        if (!there.ok || strata.length !== mergeUnusableStrata(strata).length) return;
        expectAgree(valueOf(reversed).estimate, there.value.estimate, 1e-10, 40);
        expectAgree(valueOf(reversed).standardError, there.value.standardError, 1e-9);
        expectAgree(valueOf(back).estimate, -there.value.estimate, 1e-10, 40);
        expectAgree(valueOf(back).standardError, there.value.standardError, 1e-9);
      }),
      { numRuns: 100 },
    );
  });

  it('takes out a chance imbalance between strata that differ', () => {
    const low = [1, 2, 1, 2, 1, 2];
    const high = [101, 102, 101, 102, 101, 102];
    const strata: Stratum[] = [
      { control: meanFromValues([...low, ...low]), treatment: meanFromValues(low) },
      { control: meanFromValues(high), treatment: meanFromValues([...high, ...high]) },
    ];
    const estimate = valueOf(postStratifiedEffect(strata, 'absolute', 0.05));
    expectAgree(estimate.estimate, 0, 1e-12, 1);
    expect(estimate.standardError).toBeLessThan(1);
  });

  it('merges strata without variance into the largest', () => {
    const usable: Stratum = { control: meanFromValues([1, 2, 3, 4]), treatment: meanFromValues([2, 3, 4, 6]) };
    const small: Stratum = { control: meanFromValues([1, 3]), treatment: meanFromValues([2, 4, 5]) };
    const constant: Stratum = { control: meanFromValues([1, 1]), treatment: meanFromValues([1, 2]) };
    const empty: Stratum = { control: emptyMean(), treatment: meanFromValues([3]) };
    const merged = mergeUnusableStrata([small, constant, usable, empty]);
    expect(merged.map(({ control, treatment }) => [control.n, treatment.n])).toEqual([
      [6, 7],
      [2, 3],
    ]);
    expect(valueOf(postStratifiedEstimate([small, constant, usable, empty])).strataUsed).toBe(2);
  });

  it('goes on merging when the largest is the unusable one', () => {
    const constant: Stratum = { control: meanFromValues([1, 1, 1, 1]), treatment: meanFromValues([1, 1, 1, 1]) };
    const usable: Stratum = { control: meanFromValues([1, 3]), treatment: meanFromValues([2, 4]) };
    expect(mergeUnusableStrata([constant, usable]).map(({ control }) => control.n)).toEqual([6]);
    expect(mergeUnusableStrata([constant])).toEqual([]);
    expect(codeOf(postStratifiedEffect([constant], 'absolute', 0.05))).toBe('STRATA_UNUSABLE');
  });

  it('works for ratios as for means when every denominator is 1', () => {
    const rows = [
      [
        [1, 2, 4],
        [2, 3, 5, 5],
      ],
      [
        [7, 9, 8, 7],
        [9, 9, 8],
      ],
    ];
    const of = (make: (list: number[]) => Stratum['control']) =>
      rows.map(([a = [], b = []]): Stratum => ({ control: make(a), treatment: make(b) }));
    const ratios = of((list) =>
      ratioFromValues(
        list,
        list.map(() => 1),
      ),
    );
    for (const differenceType of ['absolute', 'relative'] as const) {
      const mean = valueOf(postStratifiedEffect(of(meanFromValues), differenceType, 0.05));
      const ratio = valueOf(postStratifiedEffect(ratios, differenceType, 0.05));
      expectAgree(ratio.estimate, mean.estimate, 1e-12);
      expectAgree(ratio.standardError, mean.standardError, 1e-10);
      expectAgree(ratio.pValue, mean.pValue, 1e-9);
    }
  });

  it('adjusts for covariates within each stratum', () => {
    const x = [1, 2, 3, 4, 5, 6];
    const noise = [0.1, -0.2, 0.1, 0.2, -0.1, -0.1];
    const line = (slope: number, shift: number) =>
      covariateFromValues(
        x.map((value, i) => slope * value + shift + (noise[i] ?? 0)),
        x,
      );
    const strata: Stratum[] = [
      { control: line(2, 0), treatment: line(2, 1) },
      { control: line(-3, 50), treatment: line(-3, 51) },
    ];
    const { estimate, standardError } = valueOf(postStratifiedEffect(strata, 'absolute', 0.05));
    expectAgree(estimate, 1, 1e-10);
    expect(standardError).toBeLessThan(0.1);
  });

  describe('regressed within strata', () => {
    // arm, numerator, denominator, both before exposure; expected values by 30-digit least squares as gbstats sets it up.
    const rows = [
      [
        [0, 3, 4, 2, 3],
        [0, 5, 5, 4, 4],
        [0, 1, 3, 1, 2],
        [0, 6, 8, 5, 7],
        [0, 2, 2, 2, 3],
        [1, 4, 4, 2, 3],
        [1, 7, 6, 5, 5],
        [1, 3, 3, 1, 3],
        [1, 9, 8, 6, 6],
        [1, 2, 3, 1, 1],
      ],
      [
        [0, 10, 9, 8, 8],
        [0, 13, 12, 9, 11],
        [0, 8, 10, 9, 9],
        [0, 12, 9, 11, 8],
        [1, 15, 11, 9, 9],
        [1, 12, 12, 8, 12],
        [1, 11, 9, 10, 10],
        [1, 16, 10, 12, 9],
        [1, 9, 8, 7, 6],
      ],
    ];
    const columns = (stratum: number, treated: number, variables: readonly number[]) =>
      variables.map((i) => (rows[stratum] ?? []).filter((row) => row[0] === treated).map((row) => row[i] ?? NaN));
    const strataOf = <S extends Stratum['control']>(make: (stratum: number, treated: number) => S) =>
      [0, 1].map((stratum) => ({ control: make(stratum, 0), treatment: make(stratum, 1) }));
    const covaried = (variables: readonly number[]) =>
      strataOf((stratum, treated) => covariateSummary(momentsFromValues(columns(stratum, treated, variables))));
    const ratios = strataOf((stratum, treated) => ratioCovariateFromValues(columns(stratum, treated, [1, 2, 3, 4])));

    it.each([
      ['a mean, absolutely', covaried([1, 3]), 'absolute', 1.612573008217631, 0.7081321466308072],
      ['a mean, relatively', covaried([1, 3]), 'relative', 0.2325877740976115, 0.1169174418298579],
      ['a mean on two covariates', covaried([1, 3, 4]), 'absolute', 1.61692572283868, 0.7332761152286831],
      ['a ratio, absolutely', ratios, 'absolute', 0.2035913448576163, 0.1077107730175071],
      ['a ratio, relatively', ratios, 'relative', 0.2081493466365599, 0.1234811665678501],
    ] as const)('%s', (_title, strata, differenceType, estimate, standardError) => {
      const result = valueOf(postStratifiedEffect(strata, differenceType, 0.05));
      expectAgree(result.estimate, estimate, 1e-12);
      expectAgree(result.standardError, standardError, 1e-12);
    });

    it('a ratio is the plain one in strata of six units or fewer, and without history', () => {
      const small = [
        [1, 2, 4],
        [2, 2, 3],
        [5, 6, 9],
        [3, 3, 4],
      ];
      const other = [
        [2, 4, 5],
        [2, 3, 3],
        [4, 7, 8],
        [3, 4, 4],
      ];
      const withHistory = [{ control: ratioCovariateFromValues(small), treatment: ratioCovariateFromValues(other) }];
      const plain = [
        { control: ratioFromValues([1, 2, 4], [2, 2, 3]), treatment: ratioFromValues([2, 4, 5], [2, 3, 3]) },
      ];
      const there = valueOf(postStratifiedEstimate(withHistory));
      const here = valueOf(postStratifiedEstimate(plain));
      expect(there).toEqual({ ...here, degreesOfFreedom: there.degreesOfFreedom });
      const constant = strataOf((stratum, treated) => {
        const [m = [], d = []] = columns(stratum, treated, [1, 2]);
        const ones = m.map(() => 1);
        return ratioCovariateFromValues([m, d, ones, ones]);
      });
      const without = strataOf((stratum, treated) => {
        const [m = [], d = []] = columns(stratum, treated, [1, 2]);
        return ratioFromValues(m, d);
      });
      expectAgree(
        valueOf(postStratifiedEstimate(constant)).standardError,
        valueOf(postStratifiedEstimate(without)).standardError,
        1e-12,
      );
    });

    it('leaves a stratum as it is where its covariates follow from each other', () => {
      const twice = strataOf((stratum, treated) => {
        const [y = [], x = [], z = []] = columns(stratum, treated, [1, 3, 4]);
        return covariateSummary(momentsFromValues([y, x, stratum === 0 ? x : z]));
      });
      const [first, second] = twice;
      expect(first && regressedStratum(first.control.moments, first.treatment.moments, 1)).toBeNull();
      expect(second && regressedStratum(second.control.moments, second.treatment.moments, 1)).not.toBeNull();
      expect(valueOf(postStratifiedEstimate(twice)).strataUsed).toBe(2);
    });
  });

  it('refuses nothing at all, mixed kinds and a baseline of 0', () => {
    expect(codeOf(postStratifiedEffect([], 'absolute', 0.05))).toBe('NO_UNITS');
    const mean = meanFromValues([-1, 0, 1]);
    expect(codeOf(postStratifiedEffect([{ control: mean, treatment: mean }], 'relative', 0.05))).toBe('ZERO_BASELINE');
    expect(codeOf(postStratifiedEffect([{ control: mean, treatment: mean }], 'absolute', 1))).toBe(
      'ALPHA_OUT_OF_RANGE',
    );
    const mixed = [{ control: mean, treatment: proportionSummary(5, 2) }];
    expect(codeOf(postStratifiedEffect(mixed, 'absolute', 0.05))).toBe('INVALID_INPUT');
    const broken = covariateFromValues([1, 2, 4, 8], [1, NaN, 3, 5]);
    const whole = covariateFromValues([1, 2, 4, 7], [1, 2, 3, 5]);
    expect(codeOf(postStratifiedEffect([{ control: broken, treatment: whole }], 'absolute', 0.05))).toBe(
      'INVALID_INPUT',
    );
    const noDenominator = [
      { control: ratioFromValues([1, 2, 4], [1, -1, 0]), treatment: ratioFromValues([1, 2, 4], [1, 2, 3]) },
    ];
    expect(['ZERO_DENOMINATOR', 'STRATA_UNUSABLE']).toContain(
      codeOf(postStratifiedEffect(noDenominator, 'absolute', 0.05)),
    );
  });
});
