import { refuseAlpha } from '../effect/refuse-arms.js';
import { computedNumbers, refuse, refused, type Outcome, type Refusal } from '../refusal.js';
import { asymptoticCriticalValue } from '../sequential/asymptotic-critical-value.js';
import { criticalZ, zPower } from './z-power.js';

export interface RelativeDesign {
  /** Control mean. */
  readonly mean: number;
  /** Per-unit variance, the same in both arms: `p(1-p)`, the linearised one of a ratio, `v (1 - ρ²)` under CUPED. */
  readonly variance: number;
  readonly alpha: number;
  /** Tuning parameter of the asymptotic confidence sequence when the test is sequential; absent for a fixed horizon. */
  readonly sequentialTuning?: number | undefined;
}

/** Why a design cannot be planned with, or `null`. */
export function designRefusal({ mean, variance, alpha, sequentialTuning }: RelativeDesign): Refusal | null {
  const alphaRefusal = refuseAlpha(alpha);
  if (alphaRefusal) return alphaRefusal;
  if (!(Math.abs(mean) > 0 && Math.abs(mean) < Infinity)) {
    return refuse('ZERO_BASELINE', 'A relative effect needs a control mean other than 0.');
  }
  if (!(variance > 0 && variance < Infinity)) return refuse('ZERO_VARIANCE', 'variance must be positive.');
  if (sequentialTuning !== undefined && !(sequentialTuning > 0)) {
    return refuse('PLAN_INVALID', `sequentialTuning is ${sequentialTuning}; it must be positive.`);
  }
  return null;
}

/**
 * Variance of the estimated relative effect when the true one is `effect`: the delta method with both arms at the same
 * per-unit variance, `v/(nμ²) + v(μ(1+e))²/(nμ⁴)`.
 *
 * @param n - units per arm.
 */
export function relativeEffectVariance(mean: number, variance: number, effect: number, n: number): number {
  return (variance / (n * mean * mean)) * (1 + (1 + effect) ** 2);
}

/**
 * Factor by which a sequential design widens the standard error at `n` units per arm: the confidence sequence's
 * halfwidth at one look with `2n` units over the fixed-horizon one. 1 for a fixed horizon.
 */
export function sequentialWidening({ alpha, sequentialTuning }: RelativeDesign, n: number): number {
  return sequentialTuning === undefined
    ? 1
    : asymptoticCriticalValue(2 * n, alpha, sequentialTuning) / criticalZ(alpha);
}

/**
 * Power to detect a relative effect, two-sided: `1 - Φ(z - e/se) + Φ(-z - e/se)` (GrowthBook). A sequential design is
 * planned with its widened standard error in the place of `se`, as GrowthBook does; it is the power of a fixed-horizon
 * test of that precision, not the probability of crossing at this one look.
 *
 * @param effect - relative, 0.05 for 5 %.
 * @param n - units per arm.
 * @returns refusals of {@link designRefusal}, `NO_UNITS`, `INVALID_INPUT`.
 */
export function relativePower(design: RelativeDesign, effect: number, n: number): Outcome<number> {
  const wrong = designRefusal(design);
  if (wrong) return { ok: false, refusal: wrong };
  if (!(n > 0 && n < Infinity)) return refused('NO_UNITS', `n is ${n}; give the units per arm.`);
  if (!Number.isFinite(effect)) return refused('INVALID_INPUT', `effect is ${effect}; it must be finite.`);
  const deviation = Math.sqrt(relativeEffectVariance(design.mean, design.variance, effect, n));
  return computedNumbers(zPower(effect / (deviation * sequentialWidening(design, n)), criticalZ(design.alpha)));
}
