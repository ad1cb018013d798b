import { armEstimate, type ArmEstimate } from '../../effect/arm-estimate.js';
import { cohenD } from '../../means/cohen-d.js';
import { mannWhitney } from '../../means/mann-whitney.js';
import { studentTest } from '../../means/student-test.js';
import { welchTest } from '../../means/welch-test.js';
import { zTest } from '../../means/z-test.js';
import type { Outcome } from '../../refusal.js';
import { meanFromValues, meanFromVariance } from '../../summary/mean-summary.js';
import type { VectorAdapter } from '../compare.js';

interface MeanInput {
  readonly n: number;
  readonly mean: number;
  readonly variance: number | null;
}

/** The value of an outcome, `null` in place of a refusal. */
function orNull<T>(outcome: Outcome<T>): T | null {
  return outcome.ok ? outcome.value : null;
}

function allMeanTests(control: ArmEstimate, treatment: ArmEstimate, alpha: number): Record<string, unknown> {
  const twoSided = welchTest(control, treatment, alpha);
  if (!twoSided.ok) return { error: twoSided.refusal.code };
  const greater = orNull(welchTest(control, treatment, alpha, 'greater'));
  const less = orNull(welchTest(control, treatment, alpha, 'less'));
  const z = orNull(zTest(control, treatment, alpha));
  const student = orNull(studentTest(control, treatment, alpha));
  return {
    diff: twoSided.value.estimate,
    se: twoSided.value.standardError,
    df: twoSided.value.degreesOfFreedom,
    t: twoSided.value.statistic,
    pTwoSided: twoSided.value.pValue,
    pGreater: greater?.pValue,
    pLess: less?.pValue,
    ci: twoSided.value.ci,
    ciGreater: greater?.ci,
    ciLess: less?.ci,
    zCI: z?.ci,
    pZ: z?.pValue,
    student: student && {
      se: student.standardError,
      df: student.degreesOfFreedom,
      t: student.statistic,
      pTwoSided: student.pValue,
    },
    cohenD: orNull(cohenD(control, treatment)),
  };
}

export const adapter: VectorAdapter = {
  welchFromSummary: (input: { control: MeanInput; treatment: MeanInput; alpha: number }) => {
    const arm = ({ n, mean, variance }: MeanInput) => armEstimate(meanFromVariance(n, mean, variance ?? 0));
    return allMeanTests(arm(input.control), arm(input.treatment), input.alpha);
  },
  welchFromRaw: (input: { control: number[]; treatment: number[]; alpha: number }) => {
    const control = armEstimate(meanFromValues(input.control));
    const treatment = armEstimate(meanFromValues(input.treatment));
    const ranks = orNull(mannWhitney(input.control, input.treatment));
    return {
      ...allMeanTests(control, treatment, input.alpha),
      mannWhitneyU: ranks && { U_T: ranks.u, pTwoSidedAsymptoticContinuity: ranks.pValue },
    };
  },
};
