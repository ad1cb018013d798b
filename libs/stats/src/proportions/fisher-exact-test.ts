import type { Alternative } from '../effect/effect-result.js';
import { computed, type Outcome } from '../refusal.js';
import type { ProportionSummary } from '../summary/proportion-summary.js';
import { refuseCounts } from './two-proportions.js';

/** Tables as likely as the observed one count as at least as extreme; this much rounding is forgiven. */
const TIE = 1e-9;

/**
 * Fisher's exact test of equal proportions given both margins: the p-value is a sum of hypergeometric probabilities,
 * over the tables no more likely than the observed one (two-sided), or with at least (`greater`) or at most (`less`) as
 * many treatment conversions. 1 when a margin is empty.
 */
export function fisherExactTest(
  control: ProportionSummary,
  treatment: ProportionSummary,
  alternative: Alternative = 'two-sided',
): Outcome<number> {
  const refusal = refuseCounts(control, treatment);
  if (refusal !== null) return { ok: false, refusal };
  const converted = control.successes + treatment.successes;
  const low = Math.max(0, converted - control.n);
  const high = Math.min(converted, treatment.n);
  const weights = hypergeometricWeights(treatment.n, control.n, converted, low, high);
  const observed = treatment.successes - low;
  const limit = (weights[observed] ?? 0) * (1 + TIE);
  let extreme = 0;
  let all = 0;
  weights.forEach((weight, i) => {
    all += weight;
    if (alternative === 'two-sided' ? weight <= limit : alternative === 'greater' ? i >= observed : i <= observed) {
      extreme += weight;
    }
  });
  return computed(Math.min(1, extreme / all));
}

/**
 * Relative probabilities of `low … high` conversions in treatment, by the ratio of neighbours outwards from the mode
 * (which gets weight 1), so that nothing is lost to log-gammas of large counts.
 */
export function hypergeometricWeights(
  treated: number,
  untreated: number,
  converted: number,
  low: number,
  high: number,
): Float64Array {
  const weights = new Float64Array(high - low + 1);
  const mode = Math.min(high, Math.max(low, Math.floor(((converted + 1) * (treated + 1)) / (treated + untreated + 2))));
  const ratio = (k: number): number => ((treated - k) * (converted - k)) / ((k + 1) * (untreated - converted + k + 1));
  weights[mode - low] = 1;
  for (let k = mode; k < high; k++) weights[k + 1 - low] = (weights[k - low] ?? 0) * ratio(k);
  for (let k = mode - 1; k >= low; k--) weights[k - low] = (weights[k + 1 - low] ?? 0) / ratio(k);
  return weights;
}
