import { refuse, type Refusal } from '../refusal.js';
import type { ArmEstimate } from './arm-estimate.js';

/**
 * Why two arms cannot be compared by a test on their variances, or `null` when they can. `variance` says how many arms
 * must vary: `both` as GrowthBook asks, `one` is enough for Welch's test (the other then contributes no error).
 */
export function refuseArms(control: ArmEstimate, treatment: ArmEstimate, variance: 'both' | 'one'): Refusal | null {
  for (const [name, arm] of [['control', control] as const, ['treatment', treatment] as const]) {
    if (!(arm.n >= 0 && arm.n <= Number.MAX_SAFE_INTEGER)) return refuse('INVALID_INPUT', `${name}: n must be a count`);
    if (arm.n === 0) return refuse('NO_UNITS', `${name} has no units`);
    if (arm.n < 2) return refuse('TOO_FEW_UNITS', `${name} has ${arm.n} unit, a variance needs at least 2`);
    if (Number.isNaN(arm.mean) && arm.variance === 0)
      return refuse('ZERO_DENOMINATOR', `${name}: the estimate is undefined`);
    if (!Number.isFinite(arm.mean) || !Number.isFinite(arm.variance)) {
      return refuse('INVALID_INPUT', `${name}: mean and variance must be finite`);
    }
    if (arm.variance < 0) return refuse('INVALID_INPUT', `${name}: the variance is ${arm.variance}, below 0`);
  }
  const varying = Number(control.variance > 0) + Number(treatment.variance > 0);
  if (varying >= (variance === 'both' ? 2 : 1)) return null;
  const which = control.variance > 0 ? 'treatment' : treatment.variance > 0 ? 'control' : 'both arms';
  return refuse('ZERO_VARIANCE', `all units of ${which} have the same value`);
}

/** The refusal of a significance level outside of (0, 1), or `null`. */
export function refuseAlpha(alpha: number): Refusal | null {
  return alpha > 0 && alpha < 1 ? null : refuse('ALPHA_OUT_OF_RANGE', `alpha must be between 0 and 1, not ${alpha}`);
}
