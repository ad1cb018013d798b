import { refuseCell } from '../contrast/refuse-cell.js';
import { normalCdf, normalSurvival, normalSurvivalQuantile } from '../distributions/normal.js';
import type { ArmEstimate } from '../effect/arm-estimate.js';
import type { Interval } from '../effect/effect-result.js';
import { refuseAlpha } from '../effect/refuse-arms.js';
import { computedNumbers, refused, type Outcome } from '../refusal.js';

export interface NonInferiorityPlan {
  /** Loss that is acceptable, as a share of the control mean: 0.02 for 2 %. 0 asks for superiority. */
  readonly margin: number;
  readonly preferredDirection: 'increase' | 'decrease';
  /** One-sided. */
  readonly alpha: number;
}

export interface NonInferiority {
  readonly difference: number;
  readonly standardError: number;
  /** The difference at which the treatment would be just unacceptable, `∓ margin |mC|`. */
  readonly nullValue: number;
  readonly statistic: number;
  /** One-sided p-value of "at least as bad as the margin". */
  readonly pValue: number;
  /** One-sided interval at `1 - alpha`; non-inferior just when it excludes `nullValue`. */
  readonly ci: Interval;
  readonly nonInferior: boolean;
}

/**
 * Non-inferiority of a guardrail metric on a relative margin. For metrics that should increase `H0: d <= -margin |mC|`,
 * `z = (d + margin |mC|)/se`, `p = 1 - Φ(z)`; for those that should decrease mirrored. Source: Spotify Confidence
 * (NIMs), Schultzberg et al. 2024. The margin is a share of `|mC|`, where Spotify Confidence multiplies by `mC` itself: for a
 * negative baseline (a balance, a profit) that would turn a tolerated loss into a gain that is asked for.
 *
 * @returns refusals `ALPHA_OUT_OF_RANGE`, `PLAN_INVALID` (negative margin), `ZERO_BASELINE` (a margin of a mean of 0),
 *   `ZERO_VARIANCE`, and those of the arms.
 */
export function nonInferiority(
  control: ArmEstimate,
  treatment: ArmEstimate,
  plan: NonInferiorityPlan,
): Outcome<NonInferiority> {
  const { margin, preferredDirection, alpha } = plan;
  const alphaRefusal = refuseAlpha(alpha);
  if (alphaRefusal) return { ok: false, refusal: alphaRefusal };
  if (!(margin >= 0 && margin < Infinity))
    return refused('PLAN_INVALID', `margin is ${margin}; it must not be negative.`);
  const wrong = refuseCell(control, 'control') ?? refuseCell(treatment, 'treatment');
  if (wrong) return { ok: false, refusal: wrong };
  if (margin > 0 && control.mean === 0) {
    return refused('ZERO_BASELINE', 'The control mean is 0, so a margin relative to it has no size.');
  }
  const standardError = Math.sqrt(control.variance / control.n + treatment.variance / treatment.n);
  if (!(standardError > 0)) return refused('ZERO_VARIANCE', 'Neither arm varies, so there is nothing to test with.');
  const difference = treatment.mean - control.mean;
  const increase = preferredDirection === 'increase';
  const nullValue = (increase ? -margin : margin) * Math.abs(control.mean);
  const statistic = (difference - nullValue) / standardError;
  const reach = normalSurvivalQuantile(alpha) * standardError;
  const pValue = increase ? normalSurvival(statistic) : normalCdf(statistic);
  return computedNumbers({
    difference,
    standardError,
    nullValue,
    statistic,
    pValue,
    ci: increase ? [difference - reach, Infinity] : [-Infinity, difference + reach],
    nonInferior: increase ? difference - reach > nullValue : difference + reach < nullValue,
  });
}
