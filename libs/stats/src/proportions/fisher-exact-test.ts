import type { Alternative } from '../effect/effect-result.js';
import { computed, refused, type Outcome } from '../refusal.js';
import type { ProportionSummary } from '../summary/proportion-summary.js';
import { visitTables } from './hypergeometric-weights.js';
import { refuseCounts } from './two-proportions.js';

/** Tables as likely as the observed one count as at least as extreme; this much rounding is forgiven. */
const TIE = 1e-9;
/** Some ten million tables are then within reach of the mode. */
const MOST_UNITS = 1e12;

/**
 * Fisher's exact test of equal proportions given both margins: the p-value is a sum of hypergeometric probabilities,
 * over the tables no more likely than the observed one (two-sided), or with at least (`greater`) or at most (`less`) as
 * many treatment conversions. 1 when a margin is empty.
 *
 * Refuses impossible counts, and TOO_MANY_UNITS above 1e12.
 */
export function fisherExactTest(
  control: ProportionSummary,
  treatment: ProportionSummary,
  alternative: Alternative = 'two-sided',
): Outcome<number> {
  const refusal = refuseCounts(control, treatment);
  if (refusal !== null) return { ok: false, refusal };
  const converted = control.successes + treatment.successes;
  const total = control.n + treatment.n;
  if (total > MOST_UNITS) {
    return refused('TOO_MANY_UNITS', `${total} units; above ${MOST_UNITS} the pooled z test has the same answer`);
  }
  const margins = { treated: treatment.n, untreated: control.n, converted };
  const observed = treatment.successes;
  let limit = 0;
  visitTables(margins, (conversions, weight) => {
    if (conversions === observed) limit = weight * (1 + TIE);
  });
  let extreme = 0;
  let all = 0;
  visitTables(margins, (conversions, weight) => {
    all += weight;
    const counts =
      alternative === 'two-sided'
        ? weight <= limit
        : alternative === 'greater'
          ? conversions >= observed
          : conversions <= observed;
    if (counts) extreme += weight;
  });
  return computed(Math.min(1, extreme / all));
}
