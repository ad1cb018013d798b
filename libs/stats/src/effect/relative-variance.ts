import type { ArmEstimate } from './arm-estimate.js';

/**
 * Squared standard error of the relative effect `(mT - mC)/|mC|` by the delta method:
 * `vT/(nT mC²) + vC mT²/(nC mC⁴)`.
 */
export function relativeVariance(control: ArmEstimate, treatment: ArmEstimate): number {
  const ratio = treatment.mean / control.mean;
  return (treatment.variance / treatment.n + (control.variance / control.n) * ratio ** 2) / control.mean ** 2;
}
