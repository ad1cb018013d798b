import type { ArmEstimate } from '../effect/arm-estimate.js';
import type { Alternative, EffectResult } from '../effect/effect-result.js';
import { inferEffect } from '../effect/infer-effect.js';
import { refuseAlpha, refuseArms } from '../effect/refuse-arms.js';
import { computedNumbers, type Outcome } from '../refusal.js';

/** The difference of two means with a normal reference distribution: Welch's test for unbounded degrees of freedom. */
export function zTest(
  control: ArmEstimate,
  treatment: ArmEstimate,
  alpha: number,
  alternative: Alternative = 'two-sided',
): Outcome<EffectResult> {
  const refusal = refuseAlpha(alpha) ?? refuseArms(control, treatment, 'one');
  if (refusal !== null) return { ok: false, refusal };
  const standardError = Math.sqrt(control.variance / control.n + treatment.variance / treatment.n);
  const estimate = treatment.mean - control.mean;
  return computedNumbers(inferEffect({ estimate, standardError, degreesOfFreedom: null }, alpha, alternative));
}
