import type { Alternative, EffectResult } from '../effect/effect-result.js';
import { inferEffect } from '../effect/infer-effect.js';
import { refuseAlpha } from '../effect/refuse-arms.js';
import { computed, refused, type Outcome } from '../refusal.js';
import { postStratifiedEstimate } from './post-stratified-estimate.js';
import type { Stratum } from './stratum.js';

/**
 * Effect on a mean, proportion, ratio or CUPED-adjusted mean, post-stratified by a pre-exposure attribute.
 *
 * Refuses what {@link postStratifiedEstimate} refuses, ZERO_BASELINE (relative) and ALPHA_OUT_OF_RANGE.
 */
export function postStratifiedEffect(
  strata: readonly Stratum[],
  differenceType: 'absolute' | 'relative',
  alpha: number,
  alternative: Alternative = 'two-sided',
): Outcome<EffectResult> {
  const refusal = refuseAlpha(alpha);
  if (refusal !== null) return { ok: false, refusal };
  const outcome = postStratifiedEstimate(strata);
  if (!outcome.ok) return outcome;
  const { controlMean, treatmentMean, standardError, relativeStandardError, degreesOfFreedom } = outcome.value;
  const difference = treatmentMean - controlMean;
  if (differenceType === 'absolute') {
    return computed(inferEffect({ estimate: difference, standardError, degreesOfFreedom }, alpha, alternative));
  }
  if (controlMean === 0) return refused('ZERO_BASELINE', 'the mean of control is 0, nothing can be relative to it');
  const estimate = difference / Math.abs(controlMean);
  const inference = { estimate, standardError: relativeStandardError, degreesOfFreedom };
  return computed(inferEffect(inference, alpha, alternative));
}
