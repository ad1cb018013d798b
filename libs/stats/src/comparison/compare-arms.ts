import { armEstimate } from '../effect/arm-estimate.js';
import { refuse } from '../refusal.js';
import type { MeanSummary } from '../summary/mean-summary.js';
import type { ProportionSummary } from '../summary/proportion-summary.js';
import type { RatioSummary } from '../summary/ratio-summary.js';
import { refusedComparison } from './assemble-comparison.js';
import { compareEstimates } from './compare-estimates.js';
import { compareProportions } from './compare-proportions.js';
import type { ComparisonOptions } from './comparison-options.js';
import type { Comparison, ComparisonTest } from './comparison.js';

/** What an arm can be known by. */
export type ComparableSummary = ProportionSummary | MeanSummary | RatioSummary;

/** Control and treatment of one metric, both of the same kind, and how to compare them. */
export interface ArmsInput extends ComparisonOptions {
  readonly control: ComparableSummary;
  readonly treatment: ComparableSummary;
}

const TESTS: Record<ComparableSummary['kind'], ComparisonTest> = {
  proportion: 'two-proportion-z',
  mean: 'welch-t',
  ratio: 'ratio-t',
};

/**
 * Compares treatment with control by the method that belongs to their kind, with the relative, the sequential (if asked
 * for) and the Bayesian view: one entry of the results. Never throws on data; see {@link Comparison} for refusals.
 */
export function compareArms(input: ArmsInput): Comparison {
  const { control, treatment } = input;
  if (control.kind === 'proportion' && treatment.kind === 'proportion') {
    return compareProportions(control, treatment, input);
  }
  if (control.kind !== treatment.kind) {
    const message = `control is a ${control.kind}, treatment a ${treatment.kind}: compare arms of one metric`;
    return refusedComparison(TESTS[control.kind], refuse('INVALID_INPUT', message));
  }
  return compareEstimates(TESTS[control.kind], armEstimate(control), armEstimate(treatment), input);
}
