import { refuse, type Refusal } from '../refusal.js';
import type { ProportionSummary } from '../summary/proportion-summary.js';

/** Above this many units every table is enumerated for nothing: the normal test has the same answer. */
const MOST_UNITS = 5000;

/** The refusal of an unconditional exact test that would enumerate millions of tables, or `null`. */
export function refuseExactSize(control: ProportionSummary, treatment: ProportionSummary): Refusal | null {
  const total = control.n + treatment.n;
  if (total <= MOST_UNITS) return null;
  return refuse('TOO_MANY_UNITS', `${total} units; above ${MOST_UNITS} use the pooled z or Fisher's test`);
}
