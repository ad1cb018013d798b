import { armEstimate, type ArmEstimate, type PlainSummary } from '../../effect/arm-estimate.js';
import { effect } from '../../effect/effect.js';
import { postStratifiedEffect } from '../../post-stratification/post-stratified-effect.js';
import { meanFromProportion, meanFromSums } from '../../summary/mean-summary.js';
import { mergeSummaries } from '../../summary/merge-summaries.js';
import { proportionSummary } from '../../summary/proportion-summary.js';
import { ratioFromSums } from '../../summary/ratio-summary.js';
import type { VectorAdapter } from '../compare.js';
import { effectFields } from './ratio.js';

interface ArmInput {
  readonly type: 'mean' | 'proportion' | 'ratio';
  readonly n: number;
  readonly sum?: number;
  readonly sumSquares?: number;
  readonly mSum?: number;
  readonly mSumSquares?: number;
  readonly dSum?: number;
  readonly dSumSquares?: number;
  readonly mdSum?: number;
}

interface Input {
  readonly strata: readonly { readonly control: ArmInput; readonly treatment: ArmInput }[];
  readonly alpha: number;
}

/** gbstats' sum over the strata, which treats proportions as means. */
function unstratified(arms: readonly PlainSummary[]): ArmEstimate {
  const whole = arms.reduce((a, b) => mergeSummaries(a, b));
  return armEstimate(whole.kind === 'proportion' ? meanFromProportion(whole) : whole);
}

function read(arm: ArmInput): PlainSummary {
  if (arm.type === 'proportion') return proportionSummary(arm.n, arm.sum ?? NaN);
  if (arm.type === 'mean') return meanFromSums(arm.n, arm.sum ?? NaN, arm.sumSquares ?? NaN);
  return ratioFromSums({
    n: arm.n,
    numeratorSum: arm.mSum ?? NaN,
    numeratorSquares: arm.mSumSquares ?? NaN,
    denominatorSum: arm.dSum ?? NaN,
    denominatorSquares: arm.dSumSquares ?? NaN,
    product: arm.mdSum ?? NaN,
  });
}

export const adapter: VectorAdapter = {
  postStratifiedEffect: (input: Input) => {
    const strata = input.strata.map(({ control, treatment }) => ({
      control: read(control),
      treatment: read(treatment),
    }));
    const control = unstratified(strata.map((stratum) => stratum.control));
    const treatment = unstratified(strata.map((stratum) => stratum.treatment));
    const absolute = postStratifiedEffect(strata, 'absolute', input.alpha);
    if (!absolute.ok) return { error: absolute.refusal.code };
    return {
      absolute: effectFields(absolute),
      relative: effectFields(postStratifiedEffect(strata, 'relative', input.alpha)),
      unstratified: effectFields(effect({ control, treatment, differenceType: 'absolute', alpha: input.alpha })),
    };
  },
};
