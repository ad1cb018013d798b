import type { EffectResult } from '../effect/effect-result.js';
import { inferEffect } from '../effect/infer-effect.js';
import { refuseAlpha } from '../effect/refuse-arms.js';
import { relativeVariance } from '../effect/relative-variance.js';
import { armEstimate } from '../effect/arm-estimate.js';
import { computed, refused, type Outcome } from '../refusal.js';
import type { ProportionSummary } from '../summary/proportion-summary.js';
import { refuseCounts, twoProportions } from './two-proportions.js';

/**
 * Relative effect of a proportion, `pT/pC - 1`, with the delta-method standard error and a normal interval.
 *
 * Refuses ZERO_BASELINE (no conversions in control) and ZERO_VARIANCE (all converted in both arms).
 */
export function proportionLift(
  control: ProportionSummary,
  treatment: ProportionSummary,
  alpha: number,
): Outcome<EffectResult> {
  const refusal = refuseAlpha(alpha) ?? refuseCounts(control, treatment);
  if (refusal !== null) return { ok: false, refusal };
  if (control.successes === 0) return refused('ZERO_BASELINE', 'nobody converted in control');
  const { controlRate, difference } = twoProportions(control, treatment);
  const standardError = Math.sqrt(relativeVariance(armEstimate(control), armEstimate(treatment)));
  if (standardError === 0) return refused('ZERO_VARIANCE', 'neither arm has both converted and unconverted units');
  const estimate = difference / controlRate;
  return computed(inferEffect({ estimate, standardError, degreesOfFreedom: null }, alpha));
}
