import type { Outcome } from '../refusal.js';
import { expectedCounts, refuseSrmInput } from './expected-counts.js';
import { chiSquareVerdict, type SrmOptions, type SrmResult } from './srm-test.js';

/** Units per arm seen while the weights stayed the same. */
export interface SrmPeriod {
  readonly observed: readonly number[];
  readonly weights: readonly number[];
}

/**
 * Sample ratio mismatch when the weights changed during the experiment (bandits, ramps): each period expects its own
 * counts, and the sums over all periods are compared.
 *
 * Refuses what {@link srmTest} refuses, for any period.
 */
export function srmOverPeriods(periods: readonly SrmPeriod[], options: SrmOptions = {}): Outcome<SrmResult> {
  const arms = periods[0]?.observed.length ?? 0;
  const observed = new Array<number>(arms).fill(0);
  const expected = new Array<number>(arms).fill(0);
  for (const period of periods) {
    const refusal = refuseSrmInput(period.observed, period.weights);
    if (refusal !== null) return { ok: false, refusal };
    expectedCounts(period.observed, period.weights).forEach((count, i) => {
      expected[i] = (expected[i] ?? 0) + count;
      observed[i] = (observed[i] ?? 0) + (period.observed[i] ?? 0);
    });
  }
  return chiSquareVerdict(observed, expected, options);
}
