import type { Alternative } from '../effect/effect-result.js';
import { tailProbability } from '../effect/infer-effect.js';
import { computed, refused, type Outcome } from '../refusal.js';
import type { ProportionSummary } from '../summary/proportion-summary.js';
import { pooledStandardError, refuseCounts, twoProportions } from './two-proportions.js';

/** A z test of a difference of proportions. */
export interface ProportionZTest {
  readonly standardError: number;
  readonly statistic: number;
  readonly pValue: number;
}

/**
 * The two-proportion z test: the difference in standard errors under equal rates,
 * `z = (pT - pC)/sqrt(p q (1/nC + 1/nT))` with the pooled rate `p`. `z²` is Pearson's chi-square without correction.
 *
 * Refuses ZERO_VARIANCE when nobody or everybody converted, and impossible counts.
 */
export function pooledZTest(
  control: ProportionSummary,
  treatment: ProportionSummary,
  alternative: Alternative = 'two-sided',
): Outcome<ProportionZTest> {
  const refusal = refuseCounts(control, treatment);
  if (refusal !== null) return { ok: false, refusal };
  const pair = twoProportions(control, treatment);
  const standardError = pooledStandardError(pair);
  if (standardError === 0) {
    return refused('ZERO_VARIANCE', pair.pooledRate === 0 ? 'no unit converted' : 'every unit converted');
  }
  const statistic = pair.difference / standardError;
  return computed({ standardError, statistic, pValue: tailProbability(statistic, null, alternative) });
}
