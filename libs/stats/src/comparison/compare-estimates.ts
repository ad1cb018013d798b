import type { ArmEstimate } from '../effect/arm-estimate.js';
import { inferEffect } from '../effect/infer-effect.js';
import { refuseAlpha, refuseArms } from '../effect/refuse-arms.js';
import { relativeVariance } from '../effect/relative-variance.js';
import { welchDegreesOfFreedom } from '../effect/welch-degrees-of-freedom.js';
import { refuse } from '../refusal.js';
import { assembleComparison, refusedComparison } from './assemble-comparison.js';
import { completeOptions, type ComparisonOptions } from './comparison-options.js';
import type { Comparison, ComparisonTest } from './comparison.js';

/**
 * Two arms of anything that reduces to an estimate and a per-unit variance (means, ratios, quantiles): Welch's t, the
 * relative effect by the delta method with the same degrees of freedom.
 *
 * Refusals: NO_UNITS, TOO_FEW_UNITS, ZERO_DENOMINATOR, ZERO_VARIANCE (both arms), INVALID_INPUT and ALPHA_OUT_OF_RANGE leave
 * nothing; ZERO_BASELINE leaves all but the relative effect.
 */
export function compareEstimates(
  test: ComparisonTest,
  control: ArmEstimate,
  treatment: ArmEstimate,
  options: ComparisonOptions = {},
): Comparison {
  const complete = completeOptions(options);
  const { alpha, alternative } = complete;
  const impossible = refuseAlpha(alpha) ?? refuseArms(control, treatment, 'one');
  if (impossible !== null) return refusedComparison(test, impossible);
  const difference = treatment.mean - control.mean;
  const degreesOfFreedom = welchDegreesOfFreedom(control, treatment);
  const standardError = Math.sqrt(control.variance / control.n + treatment.variance / treatment.n);
  if (!hasUsableScale(difference, standardError)) {
    return refusedComparison(test, refuse('INVALID_INPUT', 'the values are too large or too small to compare'));
  }
  const absolute = inferEffect({ estimate: difference, standardError, degreesOfFreedom }, alpha, alternative);
  const relativeError = Math.sqrt(relativeVariance(control, treatment));
  const lift = difference / Math.abs(control.mean);
  const hasBaseline = hasUsableScale(lift, relativeError);
  const relative = hasBaseline
    ? inferEffect({ estimate: lift, standardError: relativeError, degreesOfFreedom }, alpha, alternative)
    : null;
  return assembleComparison(
    {
      test,
      n: control.n + treatment.n,
      controlMean: control.mean,
      absolute,
      relative,
      statistic: absolute.statistic,
      degreesOfFreedom,
      pValue: absolute.pValue,
      refusal:
        relative === null ? refuse('ZERO_BASELINE', 'the mean of control is 0, there is no relative effect') : null,
    },
    complete,
  );
}

/** Whether squares and quotients of an estimate and its error stay within the range of a double. */
function hasUsableScale(estimate: number, standardError: number): boolean {
  return standardError > 1e-150 && standardError < 1e150 && Math.abs(estimate) < 1e150;
}
