import type { Alternative } from '../effect/effect-result.js';
import { fiellerLift } from '../effect/fieller-lift.js';
import { criticalValue, intervalOf, tailProbability } from '../effect/infer-effect.js';
import { refuseAlpha } from '../effect/refuse-arms.js';
import { refuse } from '../refusal.js';
import { assembleComparison, refusedComparison } from './assemble-comparison.js';
import { completeOptions, type ComparisonOptions } from './comparison-options.js';
import type { Comparison, ComparisonTest, RelativeEffect } from './comparison.js';

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
  /** Squared standard error of `controlMean`, and its covariance with the difference. */
  readonly baselineVariance: number;
  readonly baselineCovariance: number;
  readonly degreesOfFreedom: number;
}

/** A baseline of fewer standard errors than this is too noisy for the delta method. */
export const WELL_MEASURED = 10;

/**
 * All views of an estimated effect. The relative effect has the degrees of freedom, and so the critical value, of the
 * absolute one; the p-value is the absolute one's. Its interval is the delta method's; where the baseline is less than 10
 * standard errors from 0, Fieller's stands beside it.
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
      relative: hasBaseline ? relativeEffect(effects, lift, critical, alternative) : null,
      statistic,
      degreesOfFreedom,
      pValue: tailProbability(statistic, degreesOfFreedom, alternative),
      refusal: hasBaseline ? null : refuse('ZERO_BASELINE', 'the mean of control is 0, there is no relative effect'),
    },
    complete,
  );
}

function relativeEffect(
  effects: EstimatedEffects,
  estimate: number,
  critical: number,
  alternative: Alternative,
): RelativeEffect {
  const { difference, standardError, controlMean, relativeStandardError, baselineVariance } = effects;
  const effect = {
    estimate,
    standardError: relativeStandardError,
    ci: intervalOf(estimate, critical * relativeStandardError, alternative),
  };
  if (Math.abs(controlMean) >= WELL_MEASURED * Math.sqrt(baselineVariance)) return { ...effect, robust: null };
  const parts = {
    difference,
    differenceVariance: standardError ** 2,
    baseline: controlMean,
    baselineVariance,
    covariance: effects.baselineCovariance,
  };
  return { ...effect, robust: { method: 'fieller', ci: fiellerLift(parts, critical, alternative) } };
}

/** Whether squares and quotients of an estimate and its error stay within the range of a double. */
function hasUsableScale(estimate: number, standardError: number): boolean {
  return standardError > 1e-150 && standardError < 1e150 && Math.abs(estimate) < 1e150;
}
