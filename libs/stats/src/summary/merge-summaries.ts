import { mergeCovariates, type CovariateSummary } from './covariate-summary.js';
import { mergeMeans, type MeanSummary } from './mean-summary.js';
import { mergeProportions, type ProportionSummary } from './proportion-summary.js';
import { mergeRatioCovariates, type RatioCovariateSummary } from './ratio-covariate-summary.js';
import { mergeRatios, type RatioSummary } from './ratio-summary.js';

/** Any sufficient statistic of one arm. */
export type Summary = ProportionSummary | MeanSummary | RatioSummary | CovariateSummary | RatioCovariateSummary;

/**
 * Two disjoint sets of units of one arm together, whatever the kind.
 *
 * @throws RangeError when the two are of different kinds: a fault of the caller, not of the data.
 */
export function mergeSummaries<S extends Summary>(a: S, b: S): S;
export function mergeSummaries(a: Summary, b: Summary): Summary {
  if (a.kind === 'proportion' && b.kind === 'proportion') return mergeProportions(a, b);
  if (a.kind === 'mean' && b.kind === 'mean') return mergeMeans(a, b);
  if (a.kind === 'ratio' && b.kind === 'ratio') return mergeRatios(a, b);
  if (a.kind === 'covariate' && b.kind === 'covariate') return mergeCovariates(a, b);
  if (a.kind === 'ratio-covariate' && b.kind === 'ratio-covariate') return mergeRatioCovariates(a, b);
  throw new RangeError(`cannot merge a ${a.kind} with a ${b.kind}`);
}
