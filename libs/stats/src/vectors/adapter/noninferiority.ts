import type { ArmEstimate } from '../../effect/arm-estimate.js';
import { nonInferiority, type NonInferiority } from '../../non-inferiority/non-inferiority.js';
import type { VectorAdapter } from '../compare.js';
import { answer } from './answer.js';

interface NonInferiorityInput {
  control: ArmEstimate;
  treatment: ArmEstimate;
  nim: number;
  preferredDirection: 'increase' | 'decrease';
  alpha: number;
}

/**
 * The vectors' margin is a share of the control mean with its sign, the library's one of its size. For a negative baseline it is
 * asked for superiority over a control that is moved by the vectors' null value.
 */
function onSignedMargin({ control, treatment, nim, preferredDirection, alpha }: NonInferiorityInput): unknown {
  const nullValue = (preferredDirection === 'increase' ? -nim : nim) * control.mean;
  const moved = { ...control, mean: control.mean + nullValue };
  return answer(nonInferiority(moved, treatment, { margin: 0, preferredDirection, alpha }), (result) => ({
    ...fields(result),
    diff: treatment.mean - control.mean,
    nullValue,
    ci: result.ci.map((end) => end + nullValue),
  }));
}

const fields = (result: NonInferiority): Record<string, unknown> => ({
  ...result,
  diff: result.difference,
  se: result.standardError,
  z: result.statistic,
});

export const adapter: VectorAdapter = {
  nonInferiority: (input: NonInferiorityInput) => {
    const { control, treatment, nim, preferredDirection, alpha } = input;
    if (control.mean < 0) return onSignedMargin(input);
    return answer(nonInferiority(control, treatment, { margin: nim, preferredDirection, alpha }), fields);
  },
};
