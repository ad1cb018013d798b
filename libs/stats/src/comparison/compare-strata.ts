import { postStratifiedEstimate } from '../post-stratification/post-stratified-estimate.js';
import type { Stratum } from '../post-stratification/stratum.js';
import { refusedComparison } from './assemble-comparison.js';
import { compareEffects } from './compare-effects.js';
import type { ComparisonOptions } from './comparison-options.js';
import type { Comparison } from './comparison.js';

/** Two arms post-stratified by a pre-exposure attribute; refusals as `postStratifiedEffect`. */
export function compareStrata(strata: readonly Stratum[], options: ComparisonOptions = {}): Comparison {
  const outcome = postStratifiedEstimate(strata);
  if (!outcome.ok) return refusedComparison('post-stratified-t', outcome.refusal);
  const { controlMean, treatmentMean, units } = outcome.value;
  const difference = treatmentMean - controlMean;
  return compareEffects({ ...outcome.value, test: 'post-stratified-t', n: units, difference }, options);
}
