import type { AdjustedArms } from '../cuped/adjusted-effect.js';
import { cupedEstimate } from '../cuped/cuped-estimate.js';
import { cupedRatioEstimate } from '../cuped/cuped-ratio-estimate.js';
import { refuseArms } from '../effect/refuse-arms.js';
import { welchDegreesOfFreedom } from '../effect/welch-degrees-of-freedom.js';
import type { CovariateSummary } from '../summary/covariate-summary.js';
import type { RatioCovariateSummary } from '../summary/ratio-covariate-summary.js';
import { refusedComparison, withoutTest } from './assemble-comparison.js';
import { compareEffects } from './compare-effects.js';
import type { ComparisonOptions } from './comparison-options.js';
import type { Comparison, ComparisonTest } from './comparison.js';

/** Two arms of a mean or proportion adjusted for pre-exposure covariates; refusals as `cupedEffect`. */
export function compareCuped(
  control: CovariateSummary,
  treatment: CovariateSummary,
  options: ComparisonOptions = {},
): Comparison {
  const estimate = cupedEstimate(control, treatment);
  return estimate.ok
    ? compareAdjusted('cuped-t', estimate.value, options)
    : refusedComparison('cuped-t', estimate.refusal);
}

/** Two arms of a ratio adjusted for the same ratio before exposure; refusals as `cupedRatioEffect`. */
export function compareCupedRatio(
  control: RatioCovariateSummary,
  treatment: RatioCovariateSummary,
  options: ComparisonOptions = {},
): Comparison {
  const estimate = cupedRatioEstimate(control, treatment);
  if (!estimate.ok) return refusedComparison('cuped-ratio-t', estimate.refusal);
  return compareAdjusted('cuped-ratio-t', estimate.value, options);
}

function compareAdjusted(test: ComparisonTest, arms: AdjustedArms, options: ComparisonOptions): Comparison {
  const { control, treatment, baseline, relativeStandardError, baselineVariance, baselineCovariance } = arms;
  const impossible = refuseArms(control, treatment, 'one');
  if (impossible !== null) return withoutTest(test, impossible, baseline, options);
  return compareEffects(
    {
      test,
      n: control.n + treatment.n,
      controlMean: baseline,
      difference: treatment.mean - control.mean,
      standardError: Math.sqrt(control.variance / control.n + treatment.variance / treatment.n),
      relativeStandardError,
      baselineVariance,
      baselineCovariance,
      degreesOfFreedom: welchDegreesOfFreedom(control, treatment),
    },
    options,
  );
}
