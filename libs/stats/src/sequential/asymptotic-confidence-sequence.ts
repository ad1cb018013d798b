import type { Alternative, Interval } from '../effect/effect-result.js';
import { computedNumbers, refuse, type Outcome, type Refusal } from '../refusal.js';
import { mixtureBoundary } from './asymptotic-critical-value.js';
import { asymptoticRho } from './asymptotic-rho.js';

export interface AsymptoticPlan {
  readonly alpha: number;
  /**
   * Units of both arms at which the sequence is tightest (`N*`, 5,000 in GrowthBook). Must not change after the start.
   */
  readonly tuningParameter: number;
  /** `greater` tests for an effect above 0, `less` for one below; two-sided if absent. */
  readonly alternative?: Alternative;
}

export interface AsymptoticLook {
  readonly estimate: number;
  readonly standardError: number;
  /** Units of both arms behind the estimate. */
  readonly n: number;
}

export interface AsymptoticConfidenceSequence {
  /** Covers the effect at all looks at once with probability `1 - alpha`; one side is infinite in a one-sided test. */
  readonly ci: Interval;
  readonly halfwidth: number;
  /** Always-valid p-value of this look, at most 1. It is at most `alpha` just when `ci` excludes 0. */
  readonly pValue: number;
  /**
   * Evidence against "no effect"; `pValue` is `1/eValue`, at most 1. One-sided, a lower bound of the half-normal
   * mixture.
   */
  readonly eValue: number;
  readonly rho: number;
}

/**
 * Confidence sequence for any asymptotically normal estimate (mean, relative lift, ratio, CUPED, quantile): it may be looked at
 * after every unit. With `k = n rho² + 1` and `s² = n se²` its halfwidth is `s sqrt(2k ln(sqrt(k)/alpha)) / (n rho)`
 * two-sided and `s sqrt(2k ln(1 + sqrt(k)/(2 alpha))) / (n rho)` one-sided, as in GrowthBook.
 *
 * Source: Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas, arXiv 2103.06476. The
 * one-sided p-value is the closed solution of "bound = 0" at this `rho`, `sqrt(k) / (2 (exp(n rho² z²/(2k)) - 1))`;
 * GrowthBook bisects for it in [1e-5, 0.4999].
 *
 * @returns refusals `ALPHA_OUT_OF_RANGE` (one-sided from 0.5 on), `PLAN_INVALID`, `ZERO_VARIANCE`, `NO_UNITS`.
 */
export function asymptoticConfidenceSequence(
  look: AsymptoticLook,
  plan: AsymptoticPlan,
): Outcome<AsymptoticConfidenceSequence> {
  const { alpha, tuningParameter, alternative = 'two-sided' } = plan;
  const refusal = planRefusal(plan) ?? lookRefusal(look);
  if (refusal) return { ok: false, refusal };
  if (alternative === 'two-sided') return computedNumbers(twoSided(look, alpha, asymptoticRho(alpha, tuningParameter)));
  return computedNumbers(oneSided(look, alpha, asymptoticRho(2 * alpha, tuningParameter), alternative === 'greater'));
}

function twoSided(
  { estimate, standardError, n }: AsymptoticLook,
  alpha: number,
  rho: number,
): AsymptoticConfidenceSequence {
  const mixed = n * rho * rho;
  const z = estimate / standardError;
  const halfwidth = standardError * mixtureBoundary(mixed, alpha);
  const logP = 0.5 * Math.log1p(mixed) - (mixed * z * z) / (2 * (mixed + 1));
  return {
    ci: [estimate - halfwidth, estimate + halfwidth],
    halfwidth,
    pValue: Math.exp(Math.min(0, logP)),
    eValue: Math.exp(-logP),
    rho,
  };
}

function oneSided(
  { estimate, standardError, n }: AsymptoticLook,
  alpha: number,
  rho: number,
  greater: boolean,
): AsymptoticConfidenceSequence {
  const mixed = n * rho * rho;
  const k = mixed + 1;
  const z = estimate / standardError;
  const halfwidth = standardError * Math.sqrt(((2 * k) / mixed) * Math.log1p(Math.sqrt(k) / (2 * alpha)));
  const favourable = greater ? z > 0 : z < 0;
  const eValue = favourable ? (2 * Math.expm1((mixed * z * z) / (2 * k))) / Math.sqrt(k) : 0;
  return {
    ci: greater ? [estimate - halfwidth, Infinity] : [-Infinity, estimate + halfwidth],
    halfwidth,
    pValue: Math.min(1, 1 / eValue),
    eValue,
    rho,
  };
}

function planRefusal({ alpha, tuningParameter, alternative = 'two-sided' }: AsymptoticPlan): Refusal | null {
  const most = alternative === 'two-sided' ? 1 : 0.5;
  if (!(alpha > 0 && alpha < most)) {
    return refuse('ALPHA_OUT_OF_RANGE', `alpha is ${alpha}; it must lie above 0 and below ${most}.`);
  }
  if (tuningParameter > 0 && tuningParameter < Infinity) return null;
  return refuse('PLAN_INVALID', `tuningParameter is ${tuningParameter}; give the units expected when it is decided.`);
}

function lookRefusal({ estimate, standardError, n }: AsymptoticLook): Refusal | null {
  if (!(n > 0 && n < Infinity)) return refuse('NO_UNITS', `n is ${n}; a look needs units.`);
  if (!Number.isFinite(estimate)) return refuse('INVALID_INPUT', `estimate is ${estimate}; it must be finite.`);
  if (standardError > 0 && standardError < Infinity) return null;
  return refuse('ZERO_VARIANCE', `standardError is ${standardError}; a sequence needs a positive, finite one.`);
}
