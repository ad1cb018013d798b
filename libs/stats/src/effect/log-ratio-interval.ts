import { studentTQuantile } from '../distributions/student-t.js';
import { computedNumbers, refused, type Outcome } from '../refusal.js';
import type { ArmEstimate } from './arm-estimate.js';
import type { Interval } from './effect-result.js';
import { refuseAlpha, refuseArms } from './refuse-arms.js';
import { welchDegreesOfFreedom } from './welch-degrees-of-freedom.js';

/** The relative effect with an interval that is symmetric on the log scale. */
export interface LogRatioResult {
  /** `(mT - mC)/|mC|`: its sign follows the absolute effect. */
  readonly lift: number;
  /** Standard error of `ln(mT/mC)`. */
  readonly logStandardError: number;
  readonly degreesOfFreedom: number;
  readonly ci: Interval;
}

/**
 * Relative effect on the log scale: `Var ln(mT/mC) = vT/(nT mT²) + vC/(nC mC²)` with its own Welch degrees of freedom,
 * interval `R exp(∓ t se) - 1` (as tea-tasting), mirrored for a negative baseline. Better than the delta method for a noisy
 * baseline.
 *
 * Refuses ZERO_BASELINE when either mean is 0 or the two have different signs, and what {@link refuseArms} refuses.
 */
export function logRatioInterval(control: ArmEstimate, treatment: ArmEstimate, alpha: number): Outcome<LogRatioResult> {
  const refusal = refuseAlpha(alpha) ?? refuseArms(control, treatment, 'one');
  if (refusal !== null) return { ok: false, refusal };
  const ratio = treatment.mean / control.mean;
  if (!(ratio > 0) || !Number.isFinite(ratio)) {
    return refused('ZERO_BASELINE', 'a log ratio needs two means of the same sign, neither 0');
  }
  const logControl = { ...control, variance: control.variance / control.mean ** 2 };
  const logTreatment = { ...treatment, variance: treatment.variance / treatment.mean ** 2 };
  const logStandardError = Math.sqrt(logControl.variance / control.n + logTreatment.variance / treatment.n);
  const degreesOfFreedom = welchDegreesOfFreedom(logControl, logTreatment);
  const halfWidth = -studentTQuantile(alpha / 2, degreesOfFreedom) * logStandardError;
  const low = ratio * Math.exp(-halfWidth) - 1;
  const high = ratio * Math.exp(halfWidth) - 1;
  const ci: Interval = control.mean > 0 ? [low, high] : [-high, -low];
  return computedNumbers({
    lift: (treatment.mean - control.mean) / Math.abs(control.mean),
    logStandardError,
    degreesOfFreedom,
    ci,
  });
}
