import type { EffectResult } from '../effect/effect-result.js';
import { inferEffect } from '../effect/infer-effect.js';

/**
 * Two-sided z test and interval of an estimate that is normal enough for one: a contrast of cell means, a log odds
 * ratio, a pooled effect.
 *
 * @param standardError - positive and finite.
 */
export function zEffect(estimate: number, standardError: number, alpha: number): EffectResult {
  return inferEffect({ estimate, standardError, degreesOfFreedom: null }, alpha);
}
