import { computed, refused, type Outcome } from '../refusal.js';
import {
  asymptoticConfidenceSequence,
  type AsymptoticLook,
  type AsymptoticPlan,
} from './asymptotic-confidence-sequence.js';

const LEAST = 1e-5;
const MOST = 0.4999;
/** A bound this close to 0, in the unit of the effect, ends the search. */
const CLOSE = 1e-6;
const MOST_STEPS = 100;

/**
 * The one-sided p-value of a confidence sequence as gbstats reports it, for comparing results with GrowthBook's: a
 * bisection between 1e-5 and 0.4999 for the level at which the bound is 0, ended where the bound is within 1e-6 of it.
 * {@link asymptoticConfidenceSequence} gives the exact value, which this one approximates.
 *
 * @returns refusals of {@link asymptoticConfidenceSequence}; `NOT_CONVERGED` when a hundred halvings do not come close.
 */
export function bisectedOneSidedP(
  look: AsymptoticLook,
  plan: AsymptoticPlan & { readonly alternative: 'greater' | 'less' },
): Outcome<number> {
  const planned = asymptoticConfidenceSequence(look, plan);
  if (!planned.ok) return planned;
  const { standardError, n } = look;
  const mixed = n * planned.value.rho ** 2;
  const unit = standardError * Math.sqrt((2 * (mixed + 1)) / mixed);
  const towards = plan.alternative === 'greater' ? look.estimate : -look.estimate;
  /** Above 0 where the interval at this level excludes 0, at the mixture the plan fixed. */
  const bound = (level: number): number => towards - unit * Math.sqrt(Math.log1p(Math.sqrt(mixed + 1) / (2 * level)));
  if (bound(LEAST) > 0) return computed(LEAST);
  if (bound(MOST) < 0) return computed(MOST);
  let low = LEAST;
  let high = MOST;
  for (let step = 0; step < MOST_STEPS; step++) {
    const middle = (low + high) / 2;
    const distance = bound(middle);
    if (distance < 0) low = middle;
    else high = middle;
    if (Math.abs(distance) < CLOSE) return computed((low + high) / 2);
  }
  return refused('NOT_CONVERGED', 'The bound does not come within 1e-6 of 0; use the exact p-value.');
}
