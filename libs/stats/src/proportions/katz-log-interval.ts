import { normalQuantile } from '../distributions/normal.js';
import type { Interval } from '../effect/effect-result.js';
import { refuseAlpha } from '../effect/refuse-arms.js';
import { computed, refused, type Outcome } from '../refusal.js';
import type { ProportionSummary } from '../summary/proportion-summary.js';
import { refuseCounts, twoProportions } from './two-proportions.js';

/**
 * Interval of the relative effect `pT/pC - 1` on the log scale (Katz et al. 1978):
 * `exp(ln(pT/pC) ∓ z sqrt((1-pT)/xT + (1-pC)/xC)) - 1`. Refuses ZERO_BASELINE when an arm has no conversions.
 */
export function katzLogInterval(
  control: ProportionSummary,
  treatment: ProportionSummary,
  alpha: number,
): Outcome<Interval> {
  const refusal = refuseAlpha(alpha) ?? refuseCounts(control, treatment);
  if (refusal !== null) return { ok: false, refusal };
  if (control.successes === 0 || treatment.successes === 0) {
    return refused('ZERO_BASELINE', 'a log ratio needs conversions in both arms');
  }
  const { controlRate, treatmentRate } = twoProportions(control, treatment);
  const logError = Math.sqrt((1 - treatmentRate) / treatment.successes + (1 - controlRate) / control.successes);
  const halfWidth = -normalQuantile(alpha / 2) * logError;
  const ratio = treatmentRate / controlRate;
  return computed([ratio * Math.exp(-halfWidth) - 1, ratio * Math.exp(halfWidth) - 1]);
}
