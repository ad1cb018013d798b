import { refused, type Outcome } from '../refusal.js';
import { normalPosterior, type NormalPosterior, type PosteriorOptions } from './normal-posterior.js';
import { absolutePrior } from './normal-prior.js';

export interface EstimatedEffect {
  readonly kind: 'absolute' | 'relative';
  readonly estimate: number;
  /** 0 when the data show no variation. */
  readonly standardError: number;
  readonly controlMean: number;
}

/**
 * Posterior of a metric's effect under a prior that is stated for the *relative* effect, so that one prior (N(0, 0.3²)
 * by default in GrowthBook) serves every metric: an absolute effect gets it scaled by the control mean. Without
 * variation in the data a proper prior is the answer, and a flat one has none.
 *
 * @returns refusals of {@link normalPosterior}; `ZERO_BASELINE` when the control mean is 0 and something has to be
 *   relative to it.
 */
export function effectPosterior(effect: EstimatedEffect, options: PosteriorOptions): Outcome<NormalPosterior> {
  const prior = options.prior ?? null;
  if ((effect.kind === 'relative' || prior !== null) && !(Math.abs(effect.controlMean) > 0)) {
    return refused('ZERO_BASELINE', 'The control mean is 0, so a relative effect or a relative prior has no meaning.');
  }
  const scaled = prior !== null && effect.kind === 'absolute' ? absolutePrior(prior, effect.controlMean) : prior;
  return normalPosterior(effect.estimate, effect.standardError, { ...options, prior: scaled });
}
