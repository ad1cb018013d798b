import { addObservation } from './add-observation.js';
import { mergeMoments } from './merge-moments.js';
import { momentsFromSums } from './moments-from-sums.js';
import { momentsFromValues } from './moments-from-values.js';
import { emptyMoments, freezeMoments, type Moments } from './moments.js';
import type { ProportionSummary } from './proportion-summary.js';

/** One value per unit: count, mean and centred sum of squares. Frozen. */
export interface MeanSummary {
  readonly kind: 'mean';
  readonly n: number;
  /** Of the one variable `y`. */
  readonly moments: Moments;
}

/** Wraps moments of one variable. */
export function meanSummary(moments: Moments): MeanSummary {
  return Object.freeze({ kind: 'mean', n: moments.n, moments });
}

/** The summary of no units, to add to. */
export function emptyMean(): MeanSummary {
  return meanSummary(emptyMoments(1));
}

/** From `n`, `Σ y`, `Σ y²`. */
export function meanFromSums(n: number, sum: number, sumSquares: number): MeanSummary {
  return meanSummary(momentsFromSums(n, [sum], [sumSquares]));
}

/** From `n`, the mean and the sample variance (divisor n - 1). */
export function meanFromVariance(n: number, mean: number, variance: number): MeanSummary {
  return meanSummary(freezeMoments(n, [mean], [n > 1 ? variance * (n - 1) : 0]));
}

/** From one value per unit. */
export function meanFromValues(values: readonly number[]): MeanSummary {
  return meanSummary(momentsFromValues([values]));
}

/** The 0/1 values behind a proportion as a mean, whose variance then has the divisor n - 1. */
export function meanFromProportion({ n, successes }: ProportionSummary): MeanSummary {
  const rate = n > 0 ? successes / n : 0;
  return meanSummary(freezeMoments(n, [rate], [rate * (n - successes)]));
}

/** One more unit. */
export function addToMean(summary: MeanSummary, value: number): MeanSummary {
  return meanSummary(addObservation(summary.moments, [value]));
}

/** Two disjoint sets of units together. */
export function mergeMeans(a: MeanSummary, b: MeanSummary): MeanSummary {
  return meanSummary(mergeMoments(a.moments, b.moments));
}
