import type { Interval } from '../effect/effect-result.js';
import type { Refusal } from '../refusal.js';

/** Which test gave statistic and p-value. */
export type ComparisonTest =
  'two-proportion-z' | 'welch-t' | 'ratio-t' | 'quantile-t' | 'cuped-t' | 'cuped-ratio-t' | 'post-stratified-t';

/** An estimated effect; `standardError` is `null` where the interval does not come from one. */
export interface ComparisonEffect {
  readonly estimate: number;
  readonly standardError: number | null;
  /** Infinite on the open side of a one-sided comparison. */
  readonly ci: Interval;
}

/** An interval of a relative effect that does not take the baseline for well measured. */
export interface RobustInterval {
  /** On the log scale, or Fieller's, which is unbounded where the baseline cannot be told from 0. */
  readonly method: 'log' | 'fieller';
  readonly ci: Interval;
}

/** A relative effect by the delta method. */
export interface RelativeEffect extends ComparisonEffect {
  /** What to go by instead of `ci` where the baseline is less than 10 standard errors from 0; `null` elsewhere. */
  readonly robust: RobustInterval | null;
}

/** Anytime-valid view of the same estimates: may be looked at after every unit. */
export interface SequentialView {
  readonly method: 'asymptotic-cs';
  readonly pValue: number;
  /** Of the absolute effect. */
  readonly ci: Interval;
  readonly relativeCi: Interval | null;
  readonly significant: boolean;
}

/** Posterior view of the effect under a normal prior (flat unless one was given). */
export interface BayesianView {
  /** Probability that the treatment is better, from the relative effect where there is one. */
  readonly chanceToWin: number;
  /** What shipping the treatment loses on average if it is worse, in the metric's units. */
  readonly expectedLoss: number;
  /** Equal-tailed, of the absolute effect. */
  readonly credibleInterval: Interval;
}

/**
 * One treatment against control on one metric: the numbers of a `comparisons[]` entry of the results. What cannot be
 * computed is `null`, never 0, and `refusal` says why; a refusal can stand beside numbers that could be computed (a
 * relative effect is missing when the baseline is 0, the absolute one is not).
 */
export interface Comparison {
  readonly absolute: ComparisonEffect | null;
  readonly relative: RelativeEffect | null;
  readonly test: ComparisonTest;
  readonly statistic: number | null;
  /** `null` for a normal reference distribution. */
  readonly degreesOfFreedom: number | null;
  readonly pValue: number | null;
  /** Equal to `pValue` until a correction over several comparisons replaces it. */
  readonly adjustedPValue: number | null;
  readonly significant: boolean | null;
  readonly sequential: SequentialView | null;
  readonly bayesian: BayesianView | null;
  readonly refusal: Refusal | null;
}
