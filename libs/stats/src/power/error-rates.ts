import { refuse, type Refusal } from '../refusal.js';

/** Why these error rates cannot plan a test, or `null`: alpha and power lie between 0 and 1, and power above alpha. */
export function errorRateRefusal(alpha: number, power: number): Refusal | null {
  if (!(alpha > 0 && alpha < 1)) {
    return refuse('ALPHA_OUT_OF_RANGE', `alpha is ${alpha}; give one between 0 and 1.`);
  }
  if (!(power > alpha && power < 1)) {
    return refuse('PLAN_INVALID', `power is ${power}; it must lie above alpha and below 1.`);
  }
  return null;
}
