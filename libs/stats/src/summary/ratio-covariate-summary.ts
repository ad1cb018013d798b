import { addObservation } from './add-observation.js';
import { mergeMoments } from './merge-moments.js';
import { momentsFromSums } from './moments-from-sums.js';
import { momentsFromValues } from './moments-from-values.js';
import { emptyMoments, type Moments } from './moments.js';

/** A ratio metric and the same ratio before exposure, per unit, for CUPED on ratios. Frozen. */
export interface RatioCovariateSummary {
  readonly kind: 'ratio-covariate';
  readonly n: number;
  /** Of numerator, denominator, earlier numerator, earlier denominator, in this order. */
  readonly moments: Moments;
}

/** One unit's four values, or their sums. */
export type RatioCovariateValues = readonly [number, number, number, number];

/** Wraps moments of (m, d, m before, d before). */
export function ratioCovariateSummary(moments: Moments): RatioCovariateSummary {
  return Object.freeze({ kind: 'ratio-covariate', n: moments.n, moments });
}

/** The summary of no units, to add to. */
export function emptyRatioCovariate(): RatioCovariateSummary {
  return ratioCovariateSummary(emptyMoments(4));
}

/** From the four sums and the ten sums of products of the upper triangle by rows. */
export function ratioCovariateFromSums(
  n: number,
  sums: RatioCovariateValues,
  crossSums: readonly number[],
): RatioCovariateSummary {
  return ratioCovariateSummary(momentsFromSums(n, sums, crossSums));
}

/** From four columns of one value per unit. */
export function ratioCovariateFromValues(columns: readonly (readonly number[])[]): RatioCovariateSummary {
  return ratioCovariateSummary(momentsFromValues(columns));
}

/** One more unit. */
export function addToRatioCovariate(
  summary: RatioCovariateSummary,
  values: RatioCovariateValues,
): RatioCovariateSummary {
  return ratioCovariateSummary(addObservation(summary.moments, values));
}

/** Two disjoint sets of units together. */
export function mergeRatioCovariates(a: RatioCovariateSummary, b: RatioCovariateSummary): RatioCovariateSummary {
  return ratioCovariateSummary(mergeMoments(a.moments, b.moments));
}
