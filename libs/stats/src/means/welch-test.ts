import type { ArmEstimate } from '../effect/arm-estimate.js';
import type { Alternative, EffectResult } from '../effect/effect-result.js';
import { inferEffect } from '../effect/infer-effect.js';
import { refuseAlpha, refuseArms } from '../effect/refuse-arms.js';
import { welchDegreesOfFreedom } from '../effect/welch-degrees-of-freedom.js';
import { computedNumbers, type Outcome } from '../refusal.js';

/**
 * Welch's t test of the difference of two means (1947), each arm with its own sample variance.
 *
 * One arm without variance is legal (the degrees of freedom are then the other arm's); both are refused with
 * ZERO_VARIANCE. Fewer than two units in an arm: NO_UNITS or TOO_FEW_UNITS.
 */
export function welchTest(
  control: ArmEstimate,
  treatment: ArmEstimate,
  alpha: number,
  alternative: Alternative = 'two-sided',
): Outcome<EffectResult> {
  const refusal = refuseAlpha(alpha) ?? refuseArms(control, treatment, 'one');
  if (refusal !== null) return { ok: false, refusal };
  const standardError = Math.sqrt(control.variance / control.n + treatment.variance / treatment.n);
  const degreesOfFreedom = welchDegreesOfFreedom(control, treatment);
  const estimate = treatment.mean - control.mean;
  return computedNumbers(inferEffect({ estimate, standardError, degreesOfFreedom }, alpha, alternative));
}
