import type { ArmEstimate } from './arm-estimate.js';

/**
 * Degrees of freedom of the difference of two means with their own variances (Welch 1947, Satterthwaite 1946):
 * `(a + b)² / (a²/(nC-1) + b²/(nT-1))`, `a = vC/nC`, `b = vT/nT`. With one variance 0 it is the other arm's `n - 1`.
 */
export function welchDegreesOfFreedom(control: ArmEstimate, treatment: ArmEstimate): number {
  const a = control.variance / control.n;
  const b = treatment.variance / treatment.n;
  // Divided through by (a + b)², which could overflow or underflow on its own.
  const share = a / (a + b);
  return 1 / (share ** 2 / (control.n - 1) + (1 - share) ** 2 / (treatment.n - 1));
}
