import type { ArmEstimate } from '../../effect/arm-estimate.js';
import { nonInferiority } from '../../non-inferiority/non-inferiority.js';
import type { VectorAdapter } from '../compare.js';
import { answer } from './answer.js';

interface NonInferiorityInput {
  control: ArmEstimate;
  treatment: ArmEstimate;
  nim: number;
  preferredDirection: 'increase' | 'decrease';
  alpha: number;
}

export const adapter: VectorAdapter = {
  nonInferiority: ({ control, treatment, nim, preferredDirection, alpha }: NonInferiorityInput) =>
    answer(nonInferiority(control, treatment, { margin: nim, preferredDirection, alpha }), (result) => ({
      ...result,
      diff: result.difference,
      se: result.standardError,
      z: result.statistic,
    })),
};
