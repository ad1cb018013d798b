import { computedNumbers, refused, type Outcome } from '../refusal.js';
import type { ArmEstimate } from './arm-estimate.js';
import type { Alternative, EffectResult } from './effect-result.js';
import { inferEffect } from './infer-effect.js';
import { refuseAlpha, refuseArms } from './refuse-arms.js';
import { relativeVariance } from './relative-variance.js';
import { welchDegreesOfFreedom } from './welch-degrees-of-freedom.js';

/** Two arms and how to compare them. */
export interface EffectInput {
  readonly control: ArmEstimate;
  readonly treatment: ArmEstimate;
  readonly differenceType: 'absolute' | 'relative';
  readonly alpha: number;
  readonly alternative?: Alternative;
}

/**
 * Effect of treatment against control with Welch's t on per-unit variances, for anything that reduces to an
 * {@link ArmEstimate}: proportions, means, ratios, quantiles, adjusted means.
 *
 * Absolute: `mT - mC`. Relative: `(mT - mC)/|mC|`, whose sign follows the absolute effect also for a negative baseline,
 * with the delta-method variance and the degrees of freedom of the absolute one (as GrowthBook's gbstats).
 *
 * Refuses: NO_UNITS, TOO_FEW_UNITS, ZERO_VARIANCE (either arm), ZERO_BASELINE (relative to a mean of 0), INVALID_INPUT,
 * ALPHA_OUT_OF_RANGE.
 */
export function effect(input: EffectInput): Outcome<EffectResult> {
  const { control, treatment, differenceType, alpha, alternative = 'two-sided' } = input;
  const refusal = refuseAlpha(alpha) ?? refuseArms(control, treatment, 'both');
  if (refusal !== null) return { ok: false, refusal };
  const difference = treatment.mean - control.mean;
  const degreesOfFreedom = welchDegreesOfFreedom(control, treatment);
  if (differenceType === 'absolute') {
    const standardError = Math.sqrt(control.variance / control.n + treatment.variance / treatment.n);
    return computedNumbers(inferEffect({ estimate: difference, standardError, degreesOfFreedom }, alpha, alternative));
  }
  if (control.mean === 0) return refused('ZERO_BASELINE', 'the mean of control is 0, nothing can be relative to it');
  const estimate = difference / Math.abs(control.mean);
  const standardError = Math.sqrt(relativeVariance(control, treatment));
  return computedNumbers(inferEffect({ estimate, standardError, degreesOfFreedom }, alpha, alternative));
}
