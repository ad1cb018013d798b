import type { ArmEstimate } from '../effect/arm-estimate.js';
import { refuseArms } from '../effect/refuse-arms.js';
import { computed, type Outcome } from '../refusal.js';
import { pooledVariance } from './student-test.js';

/** Cohen's d: the difference of the means in pooled standard deviations. Refuses what a t test refuses. */
export function cohenD(control: ArmEstimate, treatment: ArmEstimate): Outcome<number> {
  const refusal = refuseArms(control, treatment, 'one');
  if (refusal !== null) return { ok: false, refusal };
  return computed((treatment.mean - control.mean) / Math.sqrt(pooledVariance(control, treatment)));
}
