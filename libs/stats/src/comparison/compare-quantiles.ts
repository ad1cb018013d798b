import { quantileEstimate } from '../quantiles/quantile-estimate.js';
import type { QuantileSummary } from '../quantiles/quantile-summary.js';
import { refusedComparison } from './assemble-comparison.js';
import { compareEstimates } from './compare-estimates.js';
import type { ComparisonOptions } from './comparison-options.js';
import type { Comparison } from './comparison.js';

/** Two arms of a quantile metric; refusals as `quantileEffect`. */
export function compareQuantiles(
  control: QuantileSummary,
  treatment: QuantileSummary,
  options: ComparisonOptions = {},
): Comparison {
  const controlEstimate = quantileEstimate(control);
  if (!controlEstimate.ok) return refusedComparison('quantile-t', controlEstimate.refusal);
  const treatmentEstimate = quantileEstimate(treatment);
  if (!treatmentEstimate.ok) return refusedComparison('quantile-t', treatmentEstimate.refusal);
  return compareEstimates('quantile-t', controlEstimate.value, treatmentEstimate.value, options);
}
