import { addObservation } from './add-observation.js';
import { mergeMoments } from './merge-moments.js';
import { momentsFromSums } from './moments-from-sums.js';
import { momentsFromValues } from './moments-from-values.js';
import { emptyMoments, type Moments } from './moments.js';

/** How the variance of a variable is taken: `p(1-p)` for 0/1 values, the sample variance otherwise. */
export type VariableKind = 'mean' | 'proportion';

/** An outcome and one or several pre-exposure covariates per unit, for CUPED. Frozen. */
export interface CovariateSummary {
  readonly kind: 'covariate';
  readonly n: number;
  readonly outcomeKind: VariableKind;
  /** Of all covariates. */
  readonly covariateKind: VariableKind;
  /** Of the outcome `y` and then the covariates `x`. */
  readonly moments: Moments;
}

/** The kinds of the two variables; `mean` unless said otherwise. */
export interface CovariateKinds {
  readonly outcomeKind?: VariableKind;
  readonly covariateKind?: VariableKind;
}

/** Raw sums of an outcome and its covariate over `n` units. */
export interface CovariateSums {
  readonly n: number;
  readonly outcomeSum: number;
  readonly outcomeSquares: number;
  readonly covariateSum: number;
  readonly covariateSquares: number;
  readonly product: number;
}

/** Wraps moments of (outcome, covariates …). */
export function covariateSummary(moments: Moments, kinds: CovariateKinds = {}): CovariateSummary {
  const { outcomeKind = 'mean', covariateKind = 'mean' } = kinds;
  return Object.freeze({ kind: 'covariate', n: moments.n, outcomeKind, covariateKind, moments });
}

/** The summary of no units, to add to. */
export function emptyCovariate(kinds: CovariateKinds = {}, covariates = 1): CovariateSummary {
  return covariateSummary(emptyMoments(1 + covariates), kinds);
}

/** From `Σ y, Σ y², Σ x, Σ x², Σ x y`. */
export function covariateFromSums(sums: CovariateSums, kinds: CovariateKinds = {}): CovariateSummary {
  const totals = [sums.outcomeSum, sums.covariateSum];
  const crossSums = [sums.outcomeSquares, sums.product, sums.covariateSquares];
  return covariateSummary(momentsFromSums(sums.n, totals, crossSums), kinds);
}

/** From one outcome and one covariate per unit. */
export function covariateFromValues(
  outcomes: readonly number[],
  covariates: readonly number[],
  kinds: CovariateKinds = {},
): CovariateSummary {
  return covariateSummary(momentsFromValues([outcomes, covariates]), kinds);
}

/** One more unit, with as many covariates as the summary has. */
export function addToCovariate(
  summary: CovariateSummary,
  outcome: number,
  ...covariates: readonly number[]
): CovariateSummary {
  return covariateSummary(addObservation(summary.moments, [outcome, ...covariates]), summary);
}

/** Two disjoint sets of units together; the kinds are those of the first. */
export function mergeCovariates(a: CovariateSummary, b: CovariateSummary): CovariateSummary {
  return covariateSummary(mergeMoments(a.moments, b.moments), a);
}
