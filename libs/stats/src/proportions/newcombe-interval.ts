import { normalQuantile } from '../distributions/normal.js';
import type { Interval } from '../effect/effect-result.js';
import { refuseAlpha } from '../effect/refuse-arms.js';
import { computed, type Outcome } from '../refusal.js';
import type { ProportionSummary } from '../summary/proportion-summary.js';
import { refuseCounts, twoProportions } from './two-proportions.js';
import { wilsonBounds } from './wilson-interval.js';

/**
 * Newcombe's hybrid score interval of the difference (1998, method 10, no continuity correction): the distances to the
 * Wilson bounds of each arm, added in squares. Stays within [-1, 1] and has width for 0 conversions in both arms.
 */
export function newcombeInterval(
  control: ProportionSummary,
  treatment: ProportionSummary,
  alpha: number,
): Outcome<Interval> {
  const refusal = refuseAlpha(alpha) ?? refuseCounts(control, treatment);
  if (refusal !== null) return { ok: false, refusal };
  return computed(newcombeBounds(control, treatment, -normalQuantile(alpha / 2)));
}

/** The interval for a given `z`. */
export function newcombeBounds(control: ProportionSummary, treatment: ProportionSummary, z: number): Interval {
  const { controlRate, treatmentRate, difference } = twoProportions(control, treatment);
  const [controlLow, controlHigh] = wilsonBounds(control, z);
  const [treatmentLow, treatmentHigh] = wilsonBounds(treatment, z);
  return [
    difference - Math.hypot(treatmentRate - treatmentLow, controlHigh - controlRate),
    difference + Math.hypot(treatmentHigh - treatmentRate, controlRate - controlLow),
  ];
}
