import { cupedRatioEffect } from '../../cuped/cuped-ratio-effect.js';
import { cupedRatioEstimate } from '../../cuped/cuped-ratio-estimate.js';
import { ratioCovariateFromSums, type RatioCovariateSummary } from '../../summary/ratio-covariate-summary.js';
import type { VectorAdapter } from '../compare.js';
import { effectFields } from './ratio.js';

interface ArmInput {
  readonly n: number;
  readonly mPostSum: number;
  readonly mPostSumSquares: number;
  readonly dPostSum: number;
  readonly dPostSumSquares: number;
  readonly mPreSum: number;
  readonly mPreSumSquares: number;
  readonly dPreSum: number;
  readonly dPreSumSquares: number;
  readonly mPostMPre: number;
  readonly dPostDPre: number;
  readonly mPreDPre: number;
  readonly mPostDPost: number;
  readonly mPostDPre: number;
  readonly mPreDPost: number;
}

interface Arms {
  readonly control: ArmInput;
  readonly treatment: ArmInput;
}

function read(arm: ArmInput): RatioCovariateSummary {
  const sums = [arm.mPostSum, arm.dPostSum, arm.mPreSum, arm.dPreSum] as const;
  return ratioCovariateFromSums(arm.n, sums, [
    arm.mPostSumSquares,
    arm.mPostDPost,
    arm.mPostMPre,
    arm.mPostDPre,
    arm.dPostSumSquares,
    arm.mPreDPost,
    arm.dPostDPre,
    arm.mPreSumSquares,
    arm.mPreDPre,
    arm.dPreSumSquares,
  ]);
}

export const adapter: VectorAdapter = {
  cupedRatioEffect: (input: Arms & { alpha: number }) => {
    const control = read(input.control);
    const treatment = read(input.treatment);
    const estimate = cupedRatioEstimate(control, treatment);
    const absolute = cupedRatioEffect(control, treatment, 'absolute', input.alpha);
    if (!estimate.ok) return { error: estimate.refusal.code };
    if (!absolute.ok) return { error: absolute.refusal.code };
    return {
      theta: estimate.value.theta,
      absolute: effectFields(absolute),
      relative: effectFields(cupedRatioEffect(control, treatment, 'relative', input.alpha)),
    };
  },
  cupedRatioMoments: (input: Arms & { theta: number; differenceType: 'absolute' | 'relative' }) => {
    const estimate = cupedRatioEstimate(read(input.control), read(input.treatment), input.theta);
    if (!estimate.ok) return { error: estimate.refusal.code };
    const { control, treatment, baseline, relativeStandardError } = estimate.value;
    const difference = treatment.mean - control.mean;
    if (input.differenceType === 'relative') {
      return { pointEstimate: difference / Math.abs(baseline), se: relativeStandardError };
    }
    const variance = control.variance / control.n + treatment.variance / treatment.n;
    return { pointEstimate: difference, se: Math.sqrt(variance) };
  },
};
