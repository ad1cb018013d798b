import { chiSquareSurvival } from '../distributions/chi-square.js';
import { devianceTerm } from '../distributions/log-beta-power.js';
import { computed, refused, type Outcome } from '../refusal.js';
import type { ProportionSummary } from '../summary/proportion-summary.js';
import { refuseCounts } from './two-proportions.js';

/** A chi-square statistic with one degree of freedom. */
export interface ContingencyTest {
  readonly statistic: number;
  readonly pValue: number;
}

/** `pearson`: `Σ (O-E)²/E`; `log-likelihood`: the G test, `2 Σ O ln(O/E)`. */
export type ContingencyMethod = 'pearson' | 'log-likelihood';

/**
 * Chi-square test of the two-by-two table of arm and conversion. With `continuityCorrection` every cell moves by up to
 * one half towards its expectation first (Yates 1934).
 *
 * Refuses ZERO_VARIANCE when nobody or everybody converted: an expected count is then 0.
 */
export function contingencyTest(
  control: ProportionSummary,
  treatment: ProportionSummary,
  method: ContingencyMethod = 'pearson',
  continuityCorrection = false,
): Outcome<ContingencyTest> {
  const refusal = refuseCounts(control, treatment);
  if (refusal !== null) return { ok: false, refusal };
  const converted = control.successes + treatment.successes;
  const total = control.n + treatment.n;
  if (converted === 0 || converted === total) {
    return refused('ZERO_VARIANCE', converted === 0 ? 'no unit converted' : 'every unit converted');
  }
  let statistic = 0;
  for (const arm of [control, treatment]) {
    const expected = (arm.n * converted) / total;
    statistic += cell(arm.successes, expected, method, continuityCorrection);
    statistic += cell(arm.n - arm.successes, arm.n - expected, method, continuityCorrection);
  }
  return computed({ statistic, pValue: chiSquareSurvival(statistic, 1) });
}

function cell(observed: number, expected: number, method: ContingencyMethod, continuityCorrection: boolean): number {
  const gap = expected - observed;
  const count = continuityCorrection ? observed + Math.sign(gap) * Math.min(0.5, Math.abs(gap)) : observed;
  if (method === 'pearson') return (count - expected) ** 2 / expected;
  // What this has more than 2 O ln(O/E) adds up to 0 over the cells, and it does not lose the digits of a small difference.
  return 2 * devianceTerm(count, expected);
}
