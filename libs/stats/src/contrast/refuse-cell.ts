import type { ArmEstimate } from '../effect/arm-estimate.js';
import { refuse, type Refusal } from '../refusal.js';

/** Why a cell (of a factorial design, a guardrail's arm) cannot be compared with others, or `null`. */
export function refuseCell({ n, mean, variance }: ArmEstimate, name: string): Refusal | null {
  if (!(n > 0)) return refuse('NO_UNITS', `${name} has no units.`);
  if (!(n > 1)) return refuse('TOO_FEW_UNITS', `${name} has ${n} unit; a variance needs two.`);
  if (!Number.isFinite(n) || !Number.isFinite(mean) || !Number.isFinite(variance)) {
    return refuse('INVALID_INPUT', `n, mean and variance of ${name} must be finite.`);
  }
  return variance >= 0 ? null : refuse('INVALID_INPUT', `The variance of ${name} is negative.`);
}
