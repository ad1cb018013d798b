import { refuseAlpha } from '../effect/refuse-arms.js';
import { computedNumbers, refused, type Outcome } from '../refusal.js';
import { criticalZ, zPower } from './z-power.js';

export interface ProportionPowerInput {
  readonly p1: number;
  readonly p2: number;
  readonly nControl: number;
  readonly nTreatment: number;
  readonly alpha: number;
  readonly sides?: 1 | 2;
}

/**
 * Power of the unpooled two-proportion z test, both tails counted: `1 - Φ(z - d/se) + Φ(-z - d/se)`,
 * `se² = p1q1/nC + p2q2/nT`.
 *
 * @returns refusals `ALPHA_OUT_OF_RANGE`, `NO_UNITS`, `PLAN_INVALID`, `ZERO_VARIANCE`.
 */
export function proportionPower(input: ProportionPowerInput): Outcome<number> {
  const { p1, p2, nControl, nTreatment, alpha, sides = 2 } = input;
  const alphaRefusal = refuseAlpha(alpha);
  if (alphaRefusal) return { ok: false, refusal: alphaRefusal };
  if (!(nControl > 0 && nTreatment > 0)) return refused('NO_UNITS', 'nControl and nTreatment must be positive.');
  if (!(p1 >= 0 && p1 <= 1 && p2 >= 0 && p2 <= 1)) {
    return refused('PLAN_INVALID', `p1 (${p1}) and p2 (${p2}) must lie between 0 and 1.`);
  }
  const variance = (p1 * (1 - p1)) / nControl + (p2 * (1 - p2)) / nTreatment;
  if (!(variance > 0)) return refused('ZERO_VARIANCE', 'Rates of 0 and 1 leave nothing uncertain.');
  const difference = sides === 2 ? Math.abs(p2 - p1) : p2 - p1;
  return computedNumbers(zPower(difference / Math.sqrt(variance), criticalZ(alpha, sides), sides));
}
