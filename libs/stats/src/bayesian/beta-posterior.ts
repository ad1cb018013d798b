import { betaQuantile } from '../distributions/beta.js';
import type { Interval } from '../effect/effect-result.js';
import { refuseAlpha } from '../effect/refuse-arms.js';
import { computed, refused, type Outcome } from '../refusal.js';

/** Parameters of a beta distribution, both positive. */
export interface BetaShape {
  readonly alpha: number;
  readonly beta: number;
}

/** The uniform prior. Jeffreys' is `{ alpha: 0.5, beta: 0.5 }`. */
export const UNIFORM_PRIOR: BetaShape = Object.freeze({ alpha: 1, beta: 1 });

export interface ConversionArm {
  readonly n: number;
  /** Units that converted. */
  readonly successes: number;
}

export interface BetaPosterior extends BetaShape {
  readonly mean: number;
  /** Equal-tailed credible interval of the conversion rate. */
  readonly ci: Interval;
}

/**
 * Posterior of a conversion rate: Beta(α + x, β + n - x).
 *
 * @param level - error of the credible interval, `level / 2` on each side.
 * @returns refusals `NO_UNITS`, `MORE_SUCCESSES_THAN_UNITS`, `INVALID_INPUT`, `ALPHA_OUT_OF_RANGE`.
 */
export function betaPosterior(arm: ConversionArm, prior: BetaShape, level: number): Outcome<BetaPosterior> {
  const shape = betaShape(arm, prior);
  if (!shape.ok) return shape;
  const levelRefusal = refuseAlpha(level);
  if (levelRefusal) return { ok: false, refusal: levelRefusal };
  const { alpha, beta } = shape.value;
  return computed({
    alpha,
    beta,
    mean: alpha / (alpha + beta),
    ci: [betaQuantile(level / 2, alpha, beta), betaQuantile(1 - level / 2, alpha, beta)],
  });
}

/** The posterior's parameters alone; refusals as of {@link betaPosterior}. */
export function betaShape({ n, successes }: ConversionArm, prior: BetaShape): Outcome<BetaShape> {
  if (!(prior.alpha > 0 && prior.beta > 0 && prior.alpha + prior.beta < Infinity)) {
    return refused('INVALID_INPUT', 'The prior needs two positive parameters.');
  }
  if (!(n > 0 && n < Infinity)) return refused('NO_UNITS', `n is ${n}; an arm without units has no conversion rate.`);
  if (!(successes >= 0)) return refused('INVALID_INPUT', `successes is ${successes}; it must be at least 0.`);
  if (successes > n) return refused('MORE_SUCCESSES_THAN_UNITS', `${successes} of ${n} units cannot have converted.`);
  return computed({ alpha: prior.alpha + successes, beta: prior.beta + n - successes });
}
