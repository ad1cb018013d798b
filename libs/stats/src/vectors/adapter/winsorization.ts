import { armEstimate, type ArmEstimate } from '../../effect/arm-estimate.js';
import { welchTest } from '../../means/welch-test.js';
import { meanFromValues } from '../../summary/mean-summary.js';
import { winsorLimits } from '../../winsorization/winsor-limits.js';
import { winsorize } from '../../winsorization/winsorize.js';
import type { VectorAdapter } from '../compare.js';

interface Input {
  readonly control: number[];
  readonly treatment: number[];
  readonly percentile: number | null;
  readonly ignoreZeros: boolean;
  readonly lowerPercentile: number | null;
  readonly absoluteCap: number | null;
}

/** The vectors do not state the level of this test; only its statistic and p-value are given. */
const ANY_ALPHA = 0.05;

export const adapter: VectorAdapter = {
  winsorizeAndTest: (input: Input) => {
    const limits = winsorLimits([input.control, input.treatment], input);
    if (!limits.ok) return { error: limits.refusal.code };
    const control = winsorize(input.control, limits.value);
    const treatment = winsorize(input.treatment, limits.value);
    const controlArm = armEstimate(meanFromValues(control.values));
    const treatmentArm = armEstimate(meanFromValues(treatment.values));
    const welch = welchTest(controlArm, treatmentArm, ANY_ALPHA);
    const fields = ({ n, mean, variance }: ArmEstimate): unknown => ({ n, mean, variance });
    return {
      cap: limits.value.cap,
      floor: limits.value.floor,
      nCappedControl: control.capped,
      nCappedTreatment: treatment.capped,
      control: fields(controlArm),
      treatment: fields(treatmentArm),
      welch: welch.ok ? { t: welch.value.statistic, pTwoSided: welch.value.pValue } : { error: welch.refusal.code },
    };
  },
};
