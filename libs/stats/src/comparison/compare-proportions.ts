import { armEstimate } from '../effect/arm-estimate.js';
import type { Alternative, Interval } from '../effect/effect-result.js';
import { criticalValue, intervalOf, tailProbability } from '../effect/infer-effect.js';
import { refuseAlpha } from '../effect/refuse-arms.js';
import { relativeVariance } from '../effect/relative-variance.js';
import { katzBounds } from '../proportions/katz-log-interval.js';
import { newcombeBounds } from '../proportions/newcombe-interval.js';
import {
  pooledStandardError,
  refuseCounts,
  twoProportions,
  waldStandardError,
  type TwoProportions,
} from '../proportions/two-proportions.js';
import { refuse, type Refusal } from '../refusal.js';
import type { ProportionSummary } from '../summary/proportion-summary.js';
import { assembleComparison, refusedComparison } from './assemble-comparison.js';
import { WELL_MEASURED } from './compare-effects.js';
import type { ComparisonOptions } from './comparison-options.js';
import { completeOptions } from './comparison-options.js';
import type { Comparison, ComparisonEffect, RelativeEffect } from './comparison.js';

/** Below this many units in a cell the normal interval is not good enough and Newcombe's takes its place. */
const SMALL_CELL = 5;

/**
 * Two arms of a proportion: p-value of the pooled two-proportion z test, Wald's interval (Newcombe's when a cell has
 * fewer than 5 units), relative effect by the delta method with a normal interval (Katz' on the log scale where control's rate
 * is less than 10 standard errors from 0: up to about a hundred conversions).
 *
 * Refusals: impossible counts and NO_UNITS leave nothing; ZERO_VARIANCE (nobody or everybody converted) leaves the
 * difference with Newcombe's interval, and what a proper prior says; ZERO_BASELINE (no conversion in control) leaves all but the relative effect.
 */
export function compareProportions(
  control: ProportionSummary,
  treatment: ProportionSummary,
  options: ComparisonOptions = {},
): Comparison {
  const complete = completeOptions(options);
  const { alpha, alternative } = complete;
  const impossible = refuseAlpha(alpha) ?? refuseCounts(control, treatment);
  if (impossible !== null) return refusedComparison('two-proportion-z', impossible);
  const pair = twoProportions(control, treatment);
  const z = criticalValue(null, alpha, alternative);
  const waldError = waldStandardError(pair);
  const pooledError = pooledStandardError(pair);
  const absolute: ComparisonEffect = {
    estimate: pair.difference,
    standardError: waldError > 0 ? waldError : null,
    ci: differenceInterval(pair, waldError, z, alternative),
  };
  const statistic = pooledError > 0 ? pair.difference / pooledError : null;
  return assembleComparison(
    {
      test: 'two-proportion-z',
      n: control.n + treatment.n,
      controlMean: pair.controlRate,
      absolute,
      relative: relativeEffect(pair, z, alternative),
      statistic,
      degreesOfFreedom: null,
      pValue: statistic === null ? null : tailProbability(statistic, null, alternative),
      refusal: refusalOf(pair, pooledError),
    },
    complete,
  );
}

function differenceInterval(pair: TwoProportions, waldError: number, z: number, alternative: Alternative): Interval {
  const cells = [pair.control, pair.treatment].flatMap((arm) => [arm.successes, arm.n - arm.successes]);
  if (cells.every((cell) => cell >= SMALL_CELL)) return intervalOf(pair.difference, z * waldError, alternative);
  const [low, high] = newcombeBounds(pair.control, pair.treatment, z);
  return [alternative === 'less' ? -Infinity : low, alternative === 'greater' ? Infinity : high];
}

function relativeEffect(pair: TwoProportions, z: number, alternative: Alternative): RelativeEffect | null {
  if (pair.controlRate === 0) return null;
  const control = armEstimate(pair.control);
  const standardError = Math.sqrt(relativeVariance(control, armEstimate(pair.treatment)));
  if (standardError === 0) return null;
  const estimate = pair.difference / pair.controlRate;
  const effect = { estimate, standardError, ci: intervalOf(estimate, z * standardError, alternative) };
  if (pair.controlRate >= WELL_MEASURED * Math.sqrt(control.variance / control.n)) return { ...effect, robust: null };
  const [low, high] = katzBounds(pair, z);
  const ci: Interval = [alternative === 'less' ? -Infinity : low, alternative === 'greater' ? Infinity : high];
  return { ...effect, robust: { method: 'log', ci } };
}

function refusalOf(pair: TwoProportions, pooledError: number): Refusal | null {
  if (pooledError === 0) {
    return refuse('ZERO_VARIANCE', pair.pooledRate === 0 ? 'no unit converted yet' : 'every unit converted');
  }
  if (pair.controlRate === 0)
    return refuse('ZERO_BASELINE', 'nobody converted in control, there is no relative effect');
  return null;
}
