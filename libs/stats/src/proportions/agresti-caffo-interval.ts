import { normalQuantile } from '../distributions/normal.js';
import type { Interval } from '../effect/effect-result.js';
import { refuseAlpha } from '../effect/refuse-arms.js';
import { computed, type Outcome } from '../refusal.js';
import { proportionSummary, type ProportionSummary } from '../summary/proportion-summary.js';
import { refuseCounts, twoProportions, waldStandardError } from './two-proportions.js';

/**
 * Agresti & Caffo's interval of the difference (2000): Wald's after adding one converted and one unconverted unit to
 * each arm, clipped to [-1, 1].
 */
export function agrestiCaffoInterval(
  control: ProportionSummary,
  treatment: ProportionSummary,
  alpha: number,
): Outcome<Interval> {
  const refusal = refuseAlpha(alpha) ?? refuseCounts(control, treatment);
  if (refusal !== null) return { ok: false, refusal };
  const pair = twoProportions(withPseudoUnits(control), withPseudoUnits(treatment));
  const halfWidth = -normalQuantile(alpha / 2) * waldStandardError(pair);
  return computed([Math.max(-1, pair.difference - halfWidth), Math.min(1, pair.difference + halfWidth)]);
}

function withPseudoUnits(arm: ProportionSummary): ProportionSummary {
  return proportionSummary(arm.n + 2, arm.successes + 1);
}
