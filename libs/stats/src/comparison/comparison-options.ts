import type { NormalPrior } from '../bayesian/normal-prior.js';
import type { Alternative } from '../effect/effect-result.js';

/** How two arms are compared; the same for all metrics of an experiment except the direction. */
export interface ComparisonOptions {
  /** Significance level; intervals cover at `1 - alpha`. Default 0.05. */
  readonly alpha?: number;
  readonly alternative?: Alternative;
  /** A fall of the metric is what we want. Turns the Bayesian view around, not the signs. Default false. */
  readonly lowerIsBetter?: boolean;
  /** Prior of the relative effect; `null` (default) is flat. */
  readonly prior?: NormalPrior | null;
  /** Anytime-valid view; `tuningParameter` is the number of units of both arms planned, fixed at the start. */
  readonly sequential?: { readonly method: 'asymptotic-cs'; readonly tuningParameter: number } | null;
}

/** Options with every default filled in. */
export interface CompleteOptions {
  readonly alpha: number;
  readonly alternative: Alternative;
  readonly lowerIsBetter: boolean;
  readonly prior: NormalPrior | null;
  readonly sequential: { readonly method: 'asymptotic-cs'; readonly tuningParameter: number } | null;
}

/** Fills in the defaults. */
export function completeOptions(options: ComparisonOptions): CompleteOptions {
  const { alpha = 0.05, alternative = 'two-sided', lowerIsBetter = false, prior = null, sequential = null } = options;
  return { alpha, alternative, lowerIsBetter, prior, sequential };
}
