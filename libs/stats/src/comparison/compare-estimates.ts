import type { ArmEstimate } from '../effect/arm-estimate.js';
import { refuseArms } from '../effect/refuse-arms.js';
import { relativeVariance } from '../effect/relative-variance.js';
import { welchDegreesOfFreedom } from '../effect/welch-degrees-of-freedom.js';
import { withoutTest } from './assemble-comparison.js';
import { compareEffects } from './compare-effects.js';
import type { ComparisonOptions } from './comparison-options.js';
import type { Comparison, ComparisonTest } from './comparison.js';

/**
 * Two arms of anything that reduces to an estimate and a per-unit variance (means, ratios, quantiles): Welch's t, the
 * relative effect by the delta method with the same degrees of freedom.
 *
 * Refusals: NO_UNITS, TOO_FEW_UNITS, ZERO_DENOMINATOR, ZERO_VARIANCE (both arms), INVALID_INPUT and ALPHA_OUT_OF_RANGE leave
 * nothing (but, without variance, what a proper prior says); ZERO_BASELINE leaves all but the relative effect.
 */
export function compareEstimates(
  test: ComparisonTest,
  control: ArmEstimate,
  treatment: ArmEstimate,
  options: ComparisonOptions = {},
): Comparison {
  const impossible = refuseArms(control, treatment, 'one');
  if (impossible !== null) return withoutTest(test, impossible, control.mean, options);
  return compareEffects(
    {
      test,
      n: control.n + treatment.n,
      controlMean: control.mean,
      difference: treatment.mean - control.mean,
      standardError: Math.sqrt(control.variance / control.n + treatment.variance / treatment.n),
      relativeStandardError: Math.sqrt(relativeVariance(control, treatment)),
      baselineVariance: control.variance / control.n,
      baselineCovariance: -control.variance / control.n,
      degreesOfFreedom: welchDegreesOfFreedom(control, treatment),
    },
    options,
  );
}
