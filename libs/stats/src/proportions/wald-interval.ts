import type { Alternative, EffectResult } from '../effect/effect-result.js';
import { inferEffect } from '../effect/infer-effect.js';
import { refuseAlpha } from '../effect/refuse-arms.js';
import { computed, refused, type Outcome } from '../refusal.js';
import type { ProportionSummary } from '../summary/proportion-summary.js';
import { refuseCounts, twoProportions, waldStandardError } from './two-proportions.js';

/**
 * Wald's interval and test of the difference of two proportions with the unpooled standard error
 * `sqrt(pC qC/nC + pT qT/nT)`. Poor when a cell has fewer than 5 units; use Newcombe's interval there.
 *
 * Refuses ZERO_VARIANCE when both rates are 0 or 1.
 */
export function waldInterval(
  control: ProportionSummary,
  treatment: ProportionSummary,
  alpha: number,
  alternative: Alternative = 'two-sided',
): Outcome<EffectResult> {
  const refusal = refuseAlpha(alpha) ?? refuseCounts(control, treatment);
  if (refusal !== null) return { ok: false, refusal };
  const pair = twoProportions(control, treatment);
  const standardError = waldStandardError(pair);
  if (standardError === 0) return refused('ZERO_VARIANCE', 'neither arm has both converted and unconverted units');
  return computed(
    inferEffect({ estimate: pair.difference, standardError, degreesOfFreedom: null }, alpha, alternative),
  );
}
