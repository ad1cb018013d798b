import type { Alternative } from '../effect/effect-result.js';
import { computed, type Outcome } from '../refusal.js';
import { proportionSummary, type ProportionSummary } from '../summary/proportion-summary.js';
import { refuseExactSize } from './refuse-exact-size.js';
import { pooledStandardError, refuseCounts, twoProportions, waldStandardError } from './two-proportions.js';
import { unconditionalPValue } from './unconditional-p-value.js';

const TIE = 1e-10;

/** How Barnard's test orders the tables: by the pooled or the unpooled z statistic. */
export type BarnardOrdering = 'pooled' | 'unpooled';

/**
 * Barnard's unconditional exact test of equal proportions (1945), tables ordered by the z statistic; the p-value is the
 * worst case over the common rate. More powerful than Fisher's test for small samples.
 *
 * Refuses TOO_MANY_UNITS where the normal test is as good and the exact one slow, and impossible counts.
 */
export function barnardExactTest(
  control: ProportionSummary,
  treatment: ProportionSummary,
  alternative: Alternative = 'two-sided',
  ordering: BarnardOrdering = 'pooled',
): Outcome<number> {
  const refusal = refuseCounts(control, treatment) ?? refuseExactSize(control, treatment);
  if (refusal !== null) return { ok: false, refusal };
  const statistic = (i: number, j: number): number => {
    const pair = twoProportions(proportionSummary(control.n, i), proportionSummary(treatment.n, j));
    if (pair.difference === 0) return 0;
    return pair.difference / (ordering === 'pooled' ? pooledStandardError(pair) : waldStandardError(pair));
  };
  const oriented = (i: number, j: number): number => {
    const value = statistic(i, j);
    return alternative === 'two-sided' ? Math.abs(value) : alternative === 'greater' ? value : -value;
  };
  const observed = oriented(control.successes, treatment.successes);
  // Unpooled, a table of all against none is infinitely far out, and only its like is as extreme.
  const limit = Number.isFinite(observed) ? observed - TIE * Math.max(1, Math.abs(observed)) : observed;
  return computed(unconditionalPValue(control.n, treatment.n, (i, j) => oriented(i, j) >= limit));
}
