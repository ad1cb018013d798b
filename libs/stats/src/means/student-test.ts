import type { ArmEstimate } from '../effect/arm-estimate.js';
import type { Alternative, EffectResult } from '../effect/effect-result.js';
import { inferEffect } from '../effect/infer-effect.js';
import { refuseAlpha, refuseArms } from '../effect/refuse-arms.js';
import { computedNumbers, type Outcome } from '../refusal.js';

/**
 * Student's t test with one variance for both arms, `df = nC + nT - 2`. Wrong when variances and sizes both differ: the
 * product uses Welch's; this is here to compare with other tools.
 */
export function studentTest(
  control: ArmEstimate,
  treatment: ArmEstimate,
  alpha: number,
  alternative: Alternative = 'two-sided',
): Outcome<EffectResult> {
  const refusal = refuseAlpha(alpha) ?? refuseArms(control, treatment, 'one');
  if (refusal !== null) return { ok: false, refusal };
  const standardError = Math.sqrt(pooledVariance(control, treatment) * (1 / control.n + 1 / treatment.n));
  const estimate = treatment.mean - control.mean;
  const degreesOfFreedom = control.n + treatment.n - 2;
  return computedNumbers(inferEffect({ estimate, standardError, degreesOfFreedom }, alpha, alternative));
}

/** Variance within arms: `[(nC-1) vC + (nT-1) vT] / (nC + nT - 2)`. */
export function pooledVariance(control: ArmEstimate, treatment: ArmEstimate): number {
  const within = (control.n - 1) * control.variance + (treatment.n - 1) * treatment.variance;
  return within / (control.n + treatment.n - 2);
}
