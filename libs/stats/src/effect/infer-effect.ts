import { normalQuantile, normalSurvival, normalTwoSidedP } from '../distributions/normal.js';
import { studentTQuantile, studentTSurvival, studentTTwoSidedP } from '../distributions/student-t.js';
import type { Alternative, EffectResult, Interval } from './effect-result.js';

/** An estimate with its standard error and the degrees of freedom behind that (`null`: normal). */
export interface EffectEstimate {
  readonly estimate: number;
  readonly standardError: number;
  readonly degreesOfFreedom: number | null;
}

/**
 * Test against 0 and confidence interval of an estimate whose error is Student's t or normal. P-values are survival
 * functions of the tail itself, so they stay exact down to the smallest doubles. `standardError > 0` is the caller's
 * duty.
 */
export function inferEffect(
  effect: EffectEstimate,
  alpha: number,
  alternative: Alternative = 'two-sided',
): EffectResult {
  const { estimate, standardError, degreesOfFreedom } = effect;
  const statistic = estimate / standardError;
  return {
    estimate,
    standardError,
    degreesOfFreedom,
    statistic,
    pValue: tailProbability(statistic, degreesOfFreedom, alternative),
    ci: intervalOf(estimate, criticalValue(degreesOfFreedom, alpha, alternative) * standardError, alternative),
  };
}

/** How many standard errors an interval at confidence `1 - alpha` reaches from the estimate. */
export function criticalValue(degreesOfFreedom: number | null, alpha: number, alternative: Alternative): number {
  // The lower tail is asked for because 1 - alpha/2 rounds away a small alpha.
  const tail = alternative === 'two-sided' ? alpha / 2 : alpha;
  return degreesOfFreedom === null ? -normalQuantile(tail) : -studentTQuantile(tail, degreesOfFreedom);
}

/** P-value of a statistic: the probability of the tail or tails that the alternative points to. */
export function tailProbability(statistic: number, degreesOfFreedom: number | null, alternative: Alternative): number {
  if (alternative === 'two-sided') {
    return degreesOfFreedom === null ? normalTwoSidedP(statistic) : studentTTwoSidedP(statistic, degreesOfFreedom);
  }
  const towards = alternative === 'greater' ? statistic : -statistic;
  return degreesOfFreedom === null ? normalSurvival(towards) : studentTSurvival(towards, degreesOfFreedom);
}

/** The interval of that half-width, open on one side for a one-sided alternative. */
export function intervalOf(estimate: number, halfWidth: number, alternative: Alternative): Interval {
  if (alternative === 'greater') return [estimate - halfWidth, Infinity];
  if (alternative === 'less') return [-Infinity, estimate + halfWidth];
  return [estimate - halfWidth, estimate + halfWidth];
}
