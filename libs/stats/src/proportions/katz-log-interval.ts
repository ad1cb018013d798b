import { normalQuantile } from '../distributions/normal.js';
import type { Interval } from '../effect/effect-result.js';
import { refuseAlpha } from '../effect/refuse-arms.js';
import { computed, refused, type Outcome } from '../refusal.js';
import type { ProportionSummary } from '../summary/proportion-summary.js';
import { refuseCounts, twoProportions, type TwoProportions } from './two-proportions.js';

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
  return computed(katzBounds(twoProportions(control, treatment), -normalQuantile(alpha / 2)));
}

/** The interval for a given `z`; both arms need conversions. */
export function katzBounds({ control, treatment, controlRate, treatmentRate }: TwoProportions, z: number): Interval {
  const logError = Math.sqrt((1 - treatmentRate) / treatment.successes + (1 - controlRate) / control.successes);
  const ratio = treatmentRate / controlRate;
  return [ratio * Math.exp(-z * logError) - 1, ratio * Math.exp(z * logError) - 1];
}
