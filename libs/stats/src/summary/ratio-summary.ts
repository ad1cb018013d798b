import { addObservation } from './add-observation.js';
import { mergeMoments } from './merge-moments.js';
import { momentsFromSums } from './moments-from-sums.js';
import { momentsFromValues } from './moments-from-values.js';
import { emptyMoments, type Moments } from './moments.js';

/** A numerator and a denominator per randomization unit (clicks and views of each user). Frozen. */
export interface RatioSummary {
  readonly kind: 'ratio';
  readonly n: number;
  /** Of the variables numerator `m` and denominator `d`, in this order. */
  readonly moments: Moments;
}

/** Raw sums of a ratio metric over `n` units. */
export interface RatioSums {
  readonly n: number;
  readonly numeratorSum: number;
  readonly numeratorSquares: number;
  readonly denominatorSum: number;
  readonly denominatorSquares: number;
  readonly product: number;
}

/** Wraps moments of (numerator, denominator). */
export function ratioSummary(moments: Moments): RatioSummary {
  return Object.freeze({ kind: 'ratio', n: moments.n, moments });
}

/** The summary of no units, to add to. */
export function emptyRatio(): RatioSummary {
  return ratioSummary(emptyMoments(2));
}

/** From `Σ m, Σ m², Σ d, Σ d², Σ m d`. */
export function ratioFromSums(sums: RatioSums): RatioSummary {
  const totals = [sums.numeratorSum, sums.denominatorSum];
  return ratioSummary(momentsFromSums(sums.n, totals, [sums.numeratorSquares, sums.product, sums.denominatorSquares]));
}

/** From one numerator and one denominator per unit. */
export function ratioFromValues(numerators: readonly number[], denominators: readonly number[]): RatioSummary {
  return ratioSummary(momentsFromValues([numerators, denominators]));
}

/** One more unit. */
export function addToRatio(summary: RatioSummary, numerator: number, denominator: number): RatioSummary {
  return ratioSummary(addObservation(summary.moments, [numerator, denominator]));
}

/** Two disjoint sets of units together. */
export function mergeRatios(a: RatioSummary, b: RatioSummary): RatioSummary {
  return ratioSummary(mergeMoments(a.moments, b.moments));
}
