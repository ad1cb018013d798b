import { noncentralTCdf, noncentralTSurvival } from '../distributions/noncentral-t.js';
import { studentTQuantile } from '../distributions/student-t-quantile.js';
import { refuseAlpha } from '../effect/refuse-arms.js';
import { computedNumbers, refused, type Outcome } from '../refusal.js';

export interface MeanPowerInput {
  /** Difference of means to detect, in the metric's unit. */
  readonly difference: number;
  /** Standard deviation of one unit, the same in both arms. */
  readonly standardDeviation: number;
  readonly nControl: number;
  readonly nTreatment: number;
  readonly alpha: number;
}

export interface MeanPower {
  readonly power: number;
  /** `d / (s √(1/nC + 1/nT))`. */
  readonly noncentrality: number;
  readonly degreesOfFreedom: number;
}

/**
 * Power of the two-sided t test by the noncentral t distribution with `nC + nT - 2` degrees of freedom, both tails
 * counted (Cohen 1988, ch. 2). Units need not be whole.
 *
 * @returns refusals `ALPHA_OUT_OF_RANGE`, `TOO_FEW_UNITS`, `ZERO_VARIANCE`, `INVALID_INPUT`.
 */
export function meanPower(input: MeanPowerInput): Outcome<MeanPower> {
  const { difference, standardDeviation, nControl, nTreatment, alpha } = input;
  const alphaRefusal = refuseAlpha(alpha);
  if (alphaRefusal) return { ok: false, refusal: alphaRefusal };
  if (!Number.isFinite(difference)) return refused('INVALID_INPUT', `difference is ${difference}; it must be finite.`);
  if (!(standardDeviation > 0)) return refused('ZERO_VARIANCE', 'standardDeviation must be positive.');
  const degreesOfFreedom = nControl + nTreatment - 2;
  if (!(nControl > 0 && nTreatment > 0 && degreesOfFreedom > 0)) {
    return refused('TOO_FEW_UNITS', 'A t test needs more than two units in all.');
  }
  const noncentrality = difference / (standardDeviation * Math.sqrt(1 / nControl + 1 / nTreatment));
  const critical = -studentTQuantile(alpha / 2, degreesOfFreedom);
  const size = Math.abs(noncentrality);
  return computedNumbers({ power: tPower(critical, degreesOfFreedom, size), noncentrality, degreesOfFreedom });
}

/** `Φ` of its negative is 0 in a double. */
const NO_OTHER_TAIL = 39;

function tPower(critical: number, degreesOfFreedom: number, size: number): number {
  // So far away the power is 1 to the last digit, and slow to integrate.
  if (size > 10 + 9 * critical) return 1;
  const near = noncentralTSurvival(critical, degreesOfFreedom, size);
  // The other tail is at most Φ(-size).
  return size > NO_OTHER_TAIL ? near : near + noncentralTCdf(-critical, degreesOfFreedom, size);
}
