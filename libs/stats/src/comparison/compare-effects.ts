import { criticalValue, intervalOf, tailProbability } from '../effect/infer-effect.js';
import { refuseAlpha } from '../effect/refuse-arms.js';
import { refuse } from '../refusal.js';
import { assembleComparison, refusedComparison } from './assemble-comparison.js';
import { completeOptions, type ComparisonOptions } from './comparison-options.js';
import type { Comparison, ComparisonTest } from './comparison.js';

/** An absolute effect, the error of its relative form, and what both rest on. */
export interface EstimatedEffects {
  readonly test: ComparisonTest;
  /** Units of both arms. */
  readonly n: number;
  /** Unadjusted; what the relative effect divides by. */
  readonly controlMean: number;
  readonly difference: number;
  readonly standardError: number;
  readonly relativeStandardError: number;
  readonly degreesOfFreedom: number;
}

/**
 * All views of an estimated effect. The relative effect has the degrees of freedom, and so the critical value, of the
 * absolute one; the p-value is the absolute one's.
 *
 * Refuses INVALID_INPUT where estimate or error leave the range of a double, ALPHA_OUT_OF_RANGE, and the relative effect
 * alone with ZERO_BASELINE.
 */
export function compareEffects(effects: EstimatedEffects, options: ComparisonOptions = {}): Comparison {
  const { test, n, controlMean, difference, standardError, relativeStandardError, degreesOfFreedom } = effects;
  const complete = completeOptions(options);
  const { alpha, alternative } = complete;
  const wrongAlpha = refuseAlpha(alpha);
  if (wrongAlpha !== null) return refusedComparison(test, wrongAlpha);
  if (!hasUsableScale(difference, standardError)) {
    return refusedComparison(test, refuse('INVALID_INPUT', 'the values are too large or too small to compare'));
  }
  const critical = criticalValue(degreesOfFreedom, alpha, alternative);
  const statistic = difference / standardError;
  const lift = difference / Math.abs(controlMean);
  const hasBaseline = hasUsableScale(lift, relativeStandardError);
  return assembleComparison(
    {
      test,
      n,
      controlMean,
      absolute: {
        estimate: difference,
        standardError,
        ci: intervalOf(difference, critical * standardError, alternative),
      },
      relative: hasBaseline
        ? {
            estimate: lift,
            standardError: relativeStandardError,
            ci: intervalOf(lift, critical * relativeStandardError, alternative),
          }
        : null,
      statistic,
      degreesOfFreedom,
      pValue: tailProbability(statistic, degreesOfFreedom, alternative),
      refusal: hasBaseline ? null : refuse('ZERO_BASELINE', 'the mean of control is 0, there is no relative effect'),
    },
    complete,
  );
}

/** Whether squares and quotients of an estimate and its error stay within the range of a double. */
function hasUsableScale(estimate: number, standardError: number): boolean {
  return standardError > 1e-150 && standardError < 1e150 && Math.abs(estimate) < 1e150;
}
