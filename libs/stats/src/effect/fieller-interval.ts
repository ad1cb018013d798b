import { normalQuantile } from '../distributions/normal.js';
import { computed, refused, type Outcome } from '../refusal.js';
import type { ArmEstimate } from './arm-estimate.js';
import type { Interval } from './effect-result.js';
import { refuseAlpha, refuseArms } from './refuse-arms.js';

/**
 * Interval of the relative effect by Fieller's theorem (1954): the `r = mT/mC` with
 * `(mT - r mC)² = z² (vT/nT + r² vC/nC)`, minus 1 (mirrored for a negative baseline). Exact for normal means, whatever
 * the noise of the baseline.
 *
 * Refuses UNBOUNDED_INTERVAL when the baseline itself is not distinguishable from 0 at this level
 * (`g = z² vC/(nC mC²) >= 1`): the set of plausible ratios then has no two ends.
 */
export function fiellerInterval(control: ArmEstimate, treatment: ArmEstimate, alpha: number): Outcome<Interval> {
  const refusal = refuseAlpha(alpha) ?? refuseArms(control, treatment, 'one');
  if (refusal !== null) return { ok: false, refusal };
  const z = -normalQuantile(alpha / 2);
  const controlError = (z * z * control.variance) / control.n;
  const treatmentError = (z * z * treatment.variance) / treatment.n;
  const g = controlError / control.mean ** 2;
  if (!(g < 1)) return refused('UNBOUNDED_INTERVAL', 'the baseline is not distinguishable from 0 at this level');
  const ratio = treatment.mean / control.mean;
  const spread = Math.sqrt(treatmentError * (1 - g) + ratio ** 2 * controlError) / Math.abs(control.mean);
  const low = (ratio - spread) / (1 - g) - 1;
  const high = (ratio + spread) / (1 - g) - 1;
  return computed(control.mean > 0 ? [low, high] : [-high, -low]);
}
