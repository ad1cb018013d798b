import { absolutePrior, type NormalPrior } from '../bayesian/normal-prior.js';
import { bracketedRoot } from '../quadrature/bracketed-root.js';
import { computed, computedNumbers, refuse, refused, type Outcome, type Refusal } from '../refusal.js';
import { errorRateRefusal } from './error-rates.js';
import { posteriorPower } from './posterior-power.js';
import { designRefusal, relativeEffectVariance } from './relative-power.js';

export interface BayesianDesign {
  /** Control mean. */
  readonly mean: number;
  /** Per-unit variance, the same in both arms. */
  readonly variance: number;
  readonly alpha: number;
  /** Prior of the relative effect; `null` for a flat one. */
  readonly prior: NormalPrior | null;
  /** Whether the analysis is of the relative or the absolute effect; relative if absent. */
  readonly kind?: 'relative' | 'absolute';
}

/**
 * Probability that the credible interval excludes 0 for a true relative effect.
 *
 * @param effect - relative, also for an absolute analysis.
 * @param n - units per arm.
 * @returns refusals `ALPHA_OUT_OF_RANGE`, `ZERO_BASELINE`, `ZERO_VARIANCE`, `NO_UNITS`, `INVALID_INPUT`.
 */
export function bayesianPower(design: BayesianDesign, effect: number, n: number): Outcome<number> {
  const wrong = bayesianDesignRefusal(design, n);
  if (wrong) return { ok: false, refusal: wrong };
  if (!Number.isFinite(effect)) return refused('INVALID_INPUT', `effect is ${effect}; it must be finite.`);
  return computedNumbers(powerAt(design, effect, n));
}

/** The coarse steps in which a first effect with enough power is looked for: 0.1 % up to 500 %. */
const STEP = 1e-3;
const STEPS = 5000;

/**
 * The smallest relative effect, up to 500 %, whose credible interval excludes 0 with `power`. Under a proper prior
 * power does not always grow with the effect, so the first crossing on a grid of 0.1 % is found and then solved for
 * exactly.
 *
 * @returns refusals of {@link bayesianPower}; `NOT_ENOUGH_TRAFFIC` when no effect up to 500 % has this power.
 */
export function bayesianMde(design: BayesianDesign, power: number, n: number): Outcome<number> {
  const wrong = bayesianDesignRefusal(design, n) ?? errorRateRefusal(design.alpha, power);
  if (wrong) return { ok: false, refusal: wrong };
  const excess = (effect: number): number => powerAt(design, effect, n) - power;
  if (excess(0) >= 0) return computed(0);
  for (let i = 1; i <= STEPS; i++) {
    if (excess(i * STEP) >= 0) return computedNumbers(bracketedRoot(excess, (i - 1) * STEP, i * STEP, 1e-14));
  }
  return refused('NOT_ENOUGH_TRAFFIC', 'No relative effect up to 500 % reaches this power; more users are needed.');
}

function powerAt(design: BayesianDesign, effect: number, n: number): number {
  const { mean, variance, alpha, prior, kind = 'relative' } = design;
  if (kind === 'relative')
    return posteriorPower(effect, relativeEffectVariance(mean, variance, effect, n), prior, alpha);
  const scaled = prior === null ? null : absolutePrior(prior, mean);
  return posteriorPower(effect * Math.abs(mean), (2 * variance) / n, scaled, alpha);
}

function bayesianDesignRefusal(design: BayesianDesign, n: number): Refusal | null {
  const wrong = designRefusal(design);
  if (wrong) return wrong;
  if (!(n > 0 && n < Infinity)) return refuse('NO_UNITS', `n is ${n}; give the units per arm.`);
  if (design.prior !== null && !(design.prior.variance > 0 && Number.isFinite(design.prior.mean))) {
    return refuse('INVALID_INPUT', 'A proper prior needs a finite mean and a positive variance.');
  }
  return null;
}
