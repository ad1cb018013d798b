import { computed, refused } from '../refusal.js';
import type { Outcome } from '../refusal.js';
import { asymptoticRho } from './asymptotic-rho.js';

export interface AsymptoticPlan {
  readonly alpha: number;
  /** Units of both arms at which the sequence is tightest (`N*`, 5,000 in GrowthBook). Must not change after the start. */
  readonly tuningParameter: number;
  /** `greater` tests for an effect above 0, `less` for one below; two-sided if absent. */
  readonly alternative?: 'two-sided' | 'greater' | 'less';
}

export interface AsymptoticLook {
  readonly estimate: number;
  readonly standardError: number;
  /** Units of both arms behind the estimate. */
  readonly n: number;
}

export interface AsymptoticConfidenceSequence {
  /** Covers the effect at all looks at once with probability `1 - alpha`; one side is infinite in a one-sided test. */
  readonly ci: readonly [number, number];
  readonly halfwidth: number;
  /** Always-valid p-value of this look, at most 1. It is at most `alpha` just when `ci` excludes 0. */
  readonly pValue: number;
  /** Evidence against "no effect", `1/p` before p is capped; `null` for one-sided tests. */
  readonly eValue: number | null;
  readonly rho: number;
}

/**
 * Confidence sequence for any asymptotically normal estimate (mean, relative lift, ratio, CUPED): it may be looked at
 * after every unit. With `k = n rho² + 1` and `s² = n se²` its halfwidth is `s sqrt(2k ln(sqrt(k)/alpha)) / (n rho)`
 * two-sided and `s sqrt(2k ln(1 + sqrt(k)/(2 alpha))) / (n rho)` one-sided, as in GrowthBook.
 *
 * Source: Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas, arXiv 2103.06476, theorem 2.2 and proposition B.1. The one-sided
 * p-value is the closed solution of "bound = 0" at this `rho`; GrowthBook bisects for it in [1e-5, 0.4999].
 *
 * @returns refusals `ALPHA_OUT_OF_RANGE` (one-sided from 0.5 on), `PLAN_INVALID`, `ZERO_VARIANCE`, `NO_UNITS`.
 */
export function asymptoticConfidenceSequence(
  look: AsymptoticLook,
  plan: AsymptoticPlan,
): Outcome<AsymptoticConfidenceSequence> {
  const { estimate, standardError, n } = look;
  const { alpha, tuningParameter, alternative = 'two-sided' } = plan;
  const oneSided = alternative !== 'two-sided';
  if (!(alpha > 0 && alpha < (oneSided ? 0.5 : 1))) {
    return refused('ALPHA_OUT_OF_RANGE', `alpha is ${alpha}; it must lie above 0 and below ${oneSided ? '0.5' : '1'}.`);
  }
  if (!(tuningParameter > 0 && tuningParameter < Infinity)) {
    return refused(
      'PLAN_INVALID',
      `tuningParameter is ${tuningParameter}; give the number of units expected at decision.`,
    );
  }
  if (!(n > 0 && n < Infinity)) return refused('NO_UNITS', `n is ${n}; a look needs units.`);
  if (!Number.isFinite(estimate)) return refused('INVALID_INPUT', `estimate is ${estimate}; it must be finite.`);
  if (!(standardError > 0 && standardError < Infinity)) {
    return refused('ZERO_VARIANCE', `standardError is ${standardError}; a sequence needs a positive, finite one.`);
  }
  const rho = asymptoticRho(oneSided ? 2 * alpha : alpha, tuningParameter);
  const mixed = n * rho * rho; // k - 1
  const k = mixed + 1;
  const z = estimate / standardError;
  const exponent = (mixed * z * z) / (2 * k);
  if (!oneSided) {
    const halfwidth = standardError * Math.sqrt(((2 * k) / mixed) * (0.5 * Math.log(k) - Math.log(alpha)));
    const logP = 0.5 * Math.log(k) - exponent;
    const ci = [estimate - halfwidth, estimate + halfwidth] as const;
    return computed({ ci, halfwidth, pValue: Math.exp(Math.min(0, logP)), eValue: Math.exp(-logP), rho });
  }
  const halfwidth = standardError * Math.sqrt(((2 * k) / mixed) * Math.log1p(Math.sqrt(k) / (2 * alpha)));
  const favourable = alternative === 'greater' ? estimate > 0 : estimate < 0;
  const pValue = favourable ? Math.min(1, Math.sqrt(k) / (2 * Math.expm1(exponent))) : 1;
  const ci =
    alternative === 'greater'
      ? ([estimate - halfwidth, Infinity] as const)
      : ([-Infinity, estimate + halfwidth] as const);
  return computed({ ci, halfwidth, pValue, eValue: null, rho });
}
