import { armEstimate } from '../effect/arm-estimate.js';
import type { QuantileSummary } from '../quantiles/quantile-summary.js';
import { refuse } from '../refusal.js';
import type { Summary } from '../summary/merge-summaries.js';
import { refusedComparison } from './assemble-comparison.js';
import { compareCuped, compareCupedRatio } from './compare-cuped.js';
import { compareEstimates } from './compare-estimates.js';
import { compareProportions } from './compare-proportions.js';
import { compareQuantiles } from './compare-quantiles.js';
import type { ComparisonOptions } from './comparison-options.js';
import type { Comparison, ComparisonTest } from './comparison.js';

/** What an arm can be known by. */
export type ComparableSummary = Summary | QuantileSummary;

/** Control and treatment of one metric, both of the same kind, and how to compare them. */
export interface ArmsInput extends ComparisonOptions {
  readonly control: ComparableSummary;
  readonly treatment: ComparableSummary;
}

const TESTS: Record<ComparableSummary['kind'], ComparisonTest> = {
  proportion: 'two-proportion-z',
  mean: 'welch-t',
  ratio: 'ratio-t',
  quantile: 'quantile-t',
  covariate: 'cuped-t',
  'ratio-covariate': 'cuped-ratio-t',
};

/**
 * Compares treatment with control by the method that belongs to their kind, with the relative, the sequential (if asked
 * for) and the Bayesian view: one entry of the results. Never throws on data; see {@link Comparison} for refusals.
 */
export function compareArms(input: ArmsInput): Comparison {
  const { control: c, treatment: t } = input;
  if (c.kind === 'proportion' && t.kind === 'proportion') return compareProportions(c, t, input);
  if (c.kind === 'mean' && t.kind === 'mean') {
    return compareEstimates('welch-t', armEstimate(c), armEstimate(t), input);
  }
  if (c.kind === 'ratio' && t.kind === 'ratio') {
    return compareEstimates('ratio-t', armEstimate(c), armEstimate(t), input);
  }
  if (c.kind === 'quantile' && t.kind === 'quantile') return compareQuantiles(c, t, input);
  if (c.kind === 'covariate' && t.kind === 'covariate') return compareCuped(c, t, input);
  if (c.kind === 'ratio-covariate' && t.kind === 'ratio-covariate') return compareCupedRatio(c, t, input);
  const message = `control is a ${c.kind}, treatment a ${t.kind}: compare arms of one metric`;
  return refusedComparison(TESTS[c.kind], refuse('INVALID_INPUT', message));
}
