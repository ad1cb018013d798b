import { normalQuantile } from '../distributions/normal.js';
import type { Interval } from '../effect/effect-result.js';
import { refuseAlpha } from '../effect/refuse-arms.js';
import { computed, type Outcome } from '../refusal.js';
import { proportionSummary, type ProportionSummary } from '../summary/proportion-summary.js';
import { refuseCounts, twoProportions, waldStandardError } from './two-proportions.js';

/**
 * Agresti & Caffo's interval of the difference (2000): Wald's after adding one converted and one unconverted unit to
 * each arm. It may reach a little beyond -1 or 1, and is not cut there (as statsmodels).
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
  return computed([pair.difference - halfWidth, pair.difference + halfWidth]);
}

function withPseudoUnits(arm: ProportionSummary): ProportionSummary {
  return proportionSummary(arm.n + 2, arm.successes + 1);
}
