import fc from 'fast-check';
import { armEstimate } from '../effect/arm-estimate.js';
import { meanFromSums, meanFromValues } from '../summary/mean-summary.js';
import { codeOf, expectAgree, valueOf } from '../testing/outcomes.js';
import { cohenD } from './cohen-d.js';
import { mannWhitney } from './mann-whitney.js';
import { studentTest } from './student-test.js';
import { welchTest } from './welch-test.js';
import { zTest } from './z-test.js';

const values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 40 });
const nothing = armEstimate(meanFromValues([]));
const constant = meanFromValues([2, 2, 2]);
const other = meanFromValues([1, 2, 4, 4]);

describe('mean tests', () => {
  it('refuse two constant arms, and take one', () => {
    for (const test of [welchTest, zTest, studentTest]) {
      expect(codeOf(test(armEstimate(constant), armEstimate(constant), 0.05))).toBe('ZERO_VARIANCE');
      expect(codeOf(test(armEstimate(constant), armEstimate(other), 0.05))).toBe('computed');
      expect(codeOf(test(armEstimate(other), armEstimate(meanFromValues([])), 0.05))).toBe('NO_UNITS');
      expect(codeOf(test(armEstimate(other), armEstimate(meanFromValues([1])), 0.05))).toBe('TOO_FEW_UNITS');
      expect(codeOf(test(armEstimate(constant), armEstimate(other), 2))).toBe('ALPHA_OUT_OF_RANGE');
    }
    expect(codeOf(cohenD(armEstimate(constant), armEstimate(constant)))).toBe('ZERO_VARIANCE');
  });

  it('refuse constant decimals that came as sums, however they were rounded', () => {
    const [a, b] = [armEstimate(meanFromSums(3, 0.3, 0.03)), armEstimate(meanFromSums(10, 11, 12.1))];
    for (const test of [welchTest, zTest, studentTest]) expect(codeOf(test(a, b, 0.05))).toBe('ZERO_VARIANCE');
  });

  it('do not move when a constant is added to every unit', () => {
    fc.assert(
      fc.property(values, values, fc.constantFrom(1e8, 3e9, -1e6), (a, b, shift) => {
        const arms = [a, b].map((list) => armEstimate(meanFromValues(list)));
        const moved = [a, b].map((list) => armEstimate(meanFromValues(list.map((value) => value + shift))));
        const plain = welchTest(arms[0] ?? nothing, arms[1] ?? nothing, 0.05);
        const shifted = welchTest(moved[0] ?? nothing, moved[1] ?? nothing, 0.05);
        expect(codeOf(shifted)).toBe(codeOf(plain));
        if (!plain.ok || !shifted.ok) return;
        expectAgree(shifted.value.estimate, plain.value.estimate, 1e-6, 1);
        expectAgree(shifted.value.standardError, plain.value.standardError, 1e-7);
        expectAgree(shifted.value.pValue, plain.value.pValue, 1e-5, 1);
      }),
      { numRuns: 200 },
    );
  });

  it('agree with each other for equal sizes and variances', () => {
    const [a, b] = [armEstimate(meanFromValues([1, 2, 3, 4])), armEstimate(meanFromValues([3, 4, 5, 6]))];
    const welch = valueOf(welchTest(a, b, 0.05));
    const student = valueOf(studentTest(a, b, 0.05));
    expectAgree(welch.pValue, student.pValue, 1e-13);
    expect(student.degreesOfFreedom).toBe(6);
    expect(valueOf(zTest(a, b, 0.05)).pValue).toBeLessThan(student.pValue);
  });
});

describe('Mann-Whitney', () => {
  it('counts the pairs in which the treatment unit is higher', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const outcome = mannWhitney(a, b);
        fc.pre(outcome.ok);
        const pairs = b.flatMap((high) => a.map((low) => (high > low ? 1 : high === low ? 0.5 : 0)));
        const u = pairs.reduce<number>((sum, part) => sum + part, 0);
        expect(valueOf(outcome).u).toBeCloseTo(u, 9);
        expect(valueOf(outcome).probabilityOfSuperiority).toBeCloseTo(u / pairs.length, 12);
        expect(valueOf(mannWhitney(b, a)).u).toBeCloseTo(pairs.length - u, 9);
        expectAgree(valueOf(mannWhitney(b, a)).pValue, valueOf(outcome).pValue);
      }),
      { numRuns: 100 },
    );
  });

  it('depends on the order of the values only', () => {
    const [a, b] = [
      [1, 5, 2, 8],
      [3, 9, 9, 7],
    ];
    const stretched = [a, b].map((list) => list.map((value) => Math.exp(value)));
    expect(valueOf(mannWhitney(stretched[0] ?? [], stretched[1] ?? []))).toEqual(valueOf(mannWhitney(a, b)));
  });

  it('refuses nothing, ties only, and what is no number', () => {
    expect(codeOf(mannWhitney([], [1]))).toBe('NO_UNITS');
    expect(codeOf(mannWhitney([2, 2], [2]))).toBe('ZERO_VARIANCE');
    expect(codeOf(mannWhitney([2, NaN], [2]))).toBe('INVALID_INPUT');
  });
});
