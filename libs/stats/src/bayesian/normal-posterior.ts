import { normalCdf, normalSurvivalQuantile } from '../distributions/normal.js';
import type { Interval } from '../effect/effect-result.js';
import { refuseAlpha } from '../effect/refuse-arms.js';
import { computedNumbers, refused, type Outcome } from '../refusal.js';
import { expectedExcess } from './expected-excess.js';
import type { NormalPrior } from './normal-prior.js';

export interface PosteriorOptions {
  /** The credible interval leaves `alpha / 2` on each side. */
  readonly alpha: number;
  readonly prior?: NormalPrior | null;
  /** A fall of the metric is what we want: turns chance to win and losses around. */
  readonly lowerIsBetter?: boolean;
}

export interface NormalPosterior {
  readonly mean: number;
  readonly standardDeviation: number;
  /** Posterior probability that the treatment is better. */
  readonly chanceToWin: number;
  /** Equal-tailed credible interval of the effect. */
  readonly ci: Interval;
  /** Expected loss of keeping control although the treatment is better, in the effect's unit. */
  readonly lossOfKeepingControl: number;
  /** Expected loss of shipping the treatment although it is worse, in the effect's unit. */
  readonly lossOfShippingTreatment: number;
}

/**
 * Posterior of an effect from a normal estimate and a normal prior: precisions add, means are weighted by them. Flat
 * priors give no protection against peeking; proper ones only what the prior is worth.
 *
 * Sources: conjugate normal model (Gelman et al., BDA3, section 2.5); conventions of gbstats `EffectBayesianABTest`.
 *
 * @param standardError - positive; 0 says that the data show no variation and so carry nothing, and the posterior is
 *   the prior.
 * @returns refusals `ALPHA_OUT_OF_RANGE`, `INVALID_INPUT`; `ZERO_VARIANCE` when neither data nor prior say anything.
 */
export function normalPosterior(
  estimate: number,
  standardError: number,
  options: PosteriorOptions,
): Outcome<NormalPosterior> {
  const { alpha, prior = null, lowerIsBetter = false } = options;
  const alphaRefusal = refuseAlpha(alpha);
  if (alphaRefusal) return { ok: false, refusal: alphaRefusal };
  if (prior !== null && !(prior.variance > 0 && Number.isFinite(prior.mean))) {
    return refused('INVALID_INPUT', 'A proper prior needs a finite mean and a positive variance.');
  }
  if (!(standardError >= 0) || !Number.isFinite(estimate)) {
    return refused(
      'INVALID_INPUT',
      `estimate (${estimate}) must be finite and standardError (${standardError}) not negative.`,
    );
  }
  const dataPrecision = standardError > 0 ? 1 / (standardError * standardError) : 0;
  const priorPrecision = prior === null ? 0 : 1 / prior.variance;
  const precision = dataPrecision + priorPrecision;
  if (!(precision > 0))
    return refused('ZERO_VARIANCE', 'Neither the data nor the prior say anything about the effect.');
  if (precision === Infinity) {
    return refused(
      'INVALID_INPUT',
      `standardError (${standardError}) or the prior's variance is too small to compute with.`,
    );
  }
  const mean = (estimate * dataPrecision + (prior === null ? 0 : prior.mean * priorPrecision)) / precision;
  const deviation = 1 / Math.sqrt(precision);
  const halfwidth = normalSurvivalQuantile(alpha / 2) * deviation;
  const gain = lowerIsBetter ? -mean : mean;
  return computedNumbers({
    mean,
    standardDeviation: deviation,
    chanceToWin: normalCdf(gain / deviation),
    ci: [mean - halfwidth, mean + halfwidth],
    lossOfKeepingControl: expectedExcess(gain, deviation),
    lossOfShippingTreatment: expectedExcess(-gain, deviation),
  });
}
