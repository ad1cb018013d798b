import { normalQuantile } from '../distributions/normal.js';
import { computedNumbers, refused, type Outcome } from '../refusal.js';
import { tooManyUnits } from './countable-units.js';
import { errorRateRefusal } from './error-rates.js';
import { criticalZ, requiredNoncentrality } from './z-power.js';

export interface ProportionSampleSizeInput {
  /** Conversion rate of control. */
  readonly p1: number;
  /** Conversion rate of the treatment that is to be detected. */
  readonly p2: number;
  readonly alpha: number;
  readonly power: number;
  /** Units of treatment per unit of control; 1 if absent. */
  readonly ratio?: number;
  readonly sides?: 1 | 2;
}

export interface ProportionSampleSize {
  /** Units of control, not rounded, for the pooled two-proportion z test (the one results report). */
  readonly pooled: number;
  /** For the Wald test with unpooled variances. */
  readonly unpooled: number;
  /** For the test on the arcsine scale. */
  readonly arcsine: number;
  /** Cohen's h, `2 asin √p2 - 2 asin √p1`. */
  readonly cohenH: number;
}

/**
 * Units of control needed to tell two conversion rates apart; the treatment needs `ratio` times as many.
 *
 * Pooled `n = [z_{1-α/2} √(p̄q̄(1+1/r)) + z_{power} √(p1q1 + p2q2/r)]² / (p2-p1)²` with `p̄ = (p1 + r p2)/(1+r)`;
 * unpooled `(z+z)² (p1q1 + p2q2/r) / (p2-p1)²`; arcsine `(δ/h)² (1 + 1/r)` with the power's other tail counted (Fleiss,
 * Levin & Paik 2003, ch. 4; Cohen 1988, ch. 6).
 *
 * @returns refusals `ALPHA_OUT_OF_RANGE`, `PLAN_INVALID` (rates outside of (0, 1) or equal, a ratio that is not
 *   positive); `TOO_MANY_UNITS` past 2^53.
 */
export function proportionSampleSize(input: ProportionSampleSizeInput): Outcome<ProportionSampleSize> {
  const { p1, p2, alpha, power, ratio = 1, sides = 2 } = input;
  const wrong = errorRateRefusal(alpha, power);
  if (wrong) return { ok: false, refusal: wrong };
  if (!(p1 > 0 && p1 < 1 && p2 > 0 && p2 < 1) || p1 === p2) {
    return refused('PLAN_INVALID', `p1 (${p1}) and p2 (${p2}) must differ and lie between 0 and 1.`);
  }
  if (!(ratio > 0 && ratio < Infinity)) return refused('PLAN_INVALID', `ratio is ${ratio}; it must be positive.`);
  const z = criticalZ(alpha, sides);
  const zPower = normalQuantile(power);
  const difference = p2 - p1;
  const mixed = (p1 + ratio * p2) / (1 + ratio);
  const variance = p1 * (1 - p1) + (p2 * (1 - p2)) / ratio;
  const root = z * Math.sqrt(mixed * (1 - mixed) * (1 + 1 / ratio)) + zPower * Math.sqrt(variance);
  const cohenH = 2 * (Math.asin(Math.sqrt(p2)) - Math.asin(Math.sqrt(p1)));
  const pooled = (root / difference) ** 2;
  const unpooled = ((z + zPower) / difference) ** 2 * variance;
  const arcsine = (requiredNoncentrality(alpha, power, sides) / cohenH) ** 2 * (1 + 1 / ratio);
  if (Math.max(pooled, unpooled, arcsine) > Number.MAX_SAFE_INTEGER) return tooManyUnits();
  return computedNumbers({ pooled, unpooled, arcsine, cohenH });
}
