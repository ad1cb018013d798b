import { normalQuantile } from '../distributions/normal.js';
import { computedNumbers, refused, type Outcome } from '../refusal.js';
import { errorRateRefusal } from './error-rates.js';
import { designRefusal, sequentialWidening, type RelativeDesign } from './relative-power.js';
import { criticalZ } from './z-power.js';

/**
 * The smallest relative increase detected with `power` at `n` units per arm. The variance of a lift grows with the
 * lift, so `e = k se(e)` is a quadratic; with `q = k² v/(nμ²)` its positive root is `(q + √(q(2 - q))) / (1 - q)`. A
 * sequential design widens the standard error (GrowthBook `findMdeFrequentist`).
 *
 * @returns refusals of the design and error rates; `NOT_ENOUGH_TRAFFIC` when `n <= k² v/μ²`, where no lift is
 *   detectable.
 */
export function relativeMde(design: RelativeDesign, power: number, n: number): Outcome<number> {
  const wrong = designRefusal(design) ?? errorRateRefusal(design.alpha, power);
  if (wrong) return { ok: false, refusal: wrong };
  if (!(n > 0 && n < Infinity)) return refused('NO_UNITS', `n is ${n}; give the units per arm.`);
  const k = (criticalZ(design.alpha) + normalQuantile(power)) * sequentialWidening(design, n);
  // Squared last: a mean squared may leave the doubles.
  const deviations = k * (Math.sqrt(design.variance / n) / Math.abs(design.mean));
  const q = deviations * deviations;
  if (!(q < 1)) {
    return refused('NOT_ENOUGH_TRAFFIC', `${n} units per arm cannot show any relative effect; more users are needed.`);
  }
  return computedNumbers((q + deviations * Math.sqrt(2 - q)) / (1 - q));
}
