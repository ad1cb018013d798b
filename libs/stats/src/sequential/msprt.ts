import type { Interval } from '../effect/effect-result.js';
import { refuseAlpha } from '../effect/refuse-arms.js';
import { computedNumbers, refused, type Outcome } from '../refusal.js';

export interface MsprtPlan {
  readonly alpha: number;
  /**
   * Variance of the normal mixture over effects, in the squared unit of the effect. Must not change after the start.
   */
  readonly tau2: number;
  /** Effect under the null hypothesis; 0 if absent. */
  readonly theta0?: number;
}

export interface Msprt {
  /** Likelihood ratio of the mixture against the null; `Infinity` past 1e308, see `logLambda`. */
  readonly lambda: number;
  readonly logLambda: number;
  /** `min(1, 1/lambda)` of this look alone. */
  readonly pValue: number;
  readonly ci: Interval;
}

/**
 * Mixture sequential probability ratio test of one look. With `V` the variance of the estimate, `Λ = sqrt(V/(V+τ²))
 * exp(τ²(est-θ0)² / (2V(V+τ²)))`, `p = 1/Λ`, and `CI = est ∓ sqrt(V(V+τ²)/τ² (2 ln(1/α) + ln((V+τ²)/V)))`; both hold at
 * all looks at once. For two arms `V = vC/nC + vT/nT`.
 *
 * Source: Johari, Koomen, Pekelis & Walsh 2017/2022, "Always valid inference". Equals the asymptotic confidence
 * sequence with `τ² = ρ² V n`.
 *
 * @param variance - of the estimate, already divided by the units.
 * @returns refusals `ALPHA_OUT_OF_RANGE`, `PLAN_INVALID`, `ZERO_VARIANCE`, `INVALID_INPUT`.
 */
export function msprt(estimate: number, variance: number, plan: MsprtPlan): Outcome<Msprt> {
  const { alpha, tau2, theta0 = 0 } = plan;
  const alphaRefusal = refuseAlpha(alpha);
  if (alphaRefusal) return { ok: false, refusal: alphaRefusal };
  if (!(tau2 > 0 && tau2 < Infinity)) return refused('PLAN_INVALID', `tau2 is ${tau2}; it must be positive.`);
  const distance = estimate - theta0;
  if (!Number.isFinite(distance)) return refused('INVALID_INPUT', `estimate is ${estimate}; it must be finite.`);
  if (!(variance > 0 && variance < Infinity)) {
    return refused('ZERO_VARIANCE', `The estimate's variance is ${variance}; it must be positive and finite.`);
  }
  const total = variance + tau2;
  const shrinkage = Math.log1p(tau2 / variance);
  const logLambda = (tau2 / total) * ((distance * distance) / (2 * variance)) - 0.5 * shrinkage;
  const halfwidth = Math.sqrt(((variance * total) / tau2) * (shrinkage - 2 * Math.log(alpha)));
  return computedNumbers({
    lambda: Math.exp(logLambda),
    logLambda,
    pValue: Math.exp(Math.min(0, -logLambda)),
    ci: [estimate - halfwidth, estimate + halfwidth],
  });
}
