import type { ArmEstimate } from '../effect/arm-estimate.js';
import type { Alternative, EffectResult } from '../effect/effect-result.js';
import { inferEffect } from '../effect/infer-effect.js';
import { refuseAlpha, refuseArms } from '../effect/refuse-arms.js';
import { welchDegreesOfFreedom } from '../effect/welch-degrees-of-freedom.js';
import { computed, refused, type Outcome } from '../refusal.js';

/** Two arms after adjustment, whichever way they were adjusted. */
export interface AdjustedArms {
  readonly control: ArmEstimate;
  readonly treatment: ArmEstimate;
  /** Unadjusted value of control, which relative effects divide by. */
  readonly baseline: number;
  readonly relativeStandardError: number;
  /** Squared standard error of the baseline, and its covariance with the adjusted difference. */
  readonly baselineVariance: number;
  readonly baselineCovariance: number;
}

/**
 * Welch's t on adjusted variances. Relative effects divide by the unadjusted baseline.
 *
 * Refuses TOO_FEW_UNITS, ZERO_VARIANCE (an arm without variance after adjustment), ZERO_BASELINE and ALPHA_OUT_OF_RANGE.
 */
export function adjustedEffect(
  { control, treatment, baseline, relativeStandardError }: AdjustedArms,
  differenceType: 'absolute' | 'relative',
  alpha: number,
  alternative: Alternative,
): Outcome<EffectResult> {
  const refusal = refuseAlpha(alpha) ?? refuseArms(control, treatment, 'both');
  if (refusal !== null) return { ok: false, refusal };
  const difference = treatment.mean - control.mean;
  const degreesOfFreedom = welchDegreesOfFreedom(control, treatment);
  if (differenceType === 'absolute') {
    const standardError = Math.sqrt(control.variance / control.n + treatment.variance / treatment.n);
    return computed(inferEffect({ estimate: difference, standardError, degreesOfFreedom }, alpha, alternative));
  }
  if (baseline === 0) return refused('ZERO_BASELINE', 'control is 0 on average, nothing can be relative to it');
  const estimate = difference / Math.abs(baseline);
  const inference = { estimate, standardError: relativeStandardError, degreesOfFreedom };
  return computed(inferEffect(inference, alpha, alternative));
}
