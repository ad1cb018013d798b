import { refuseAlpha } from '../effect/refuse-arms.js';
import { computed, refused, type Outcome } from '../refusal.js';

export interface SuccessGuardrailSplit {
  /** Level of each success metric's test (Bonferroni over the comparisons that can make the product ship). */
  readonly alpha: number;
  /** Power each guardrail's and success metric's sample size is computed for. */
  readonly power: number;
}

/**
 * How a decision rule "ship when a success metric improves and no guardrail is inferior" shares its two error rates:
 * only success metrics cost alpha, while every guardrail may wrongly hold the product back and so shares beta, `power'
 * = 1 - (1 - power) / (guardrails + 1)` (Schultzberg, Ankargren & Frånberg 2024; Spotify Confidence "spot-1").
 *
 * @param alpha - error rate of shipping a product without effect.
 * @param power - probability of shipping a good one.
 * @returns refusal `ALPHA_OUT_OF_RANGE` or `INVALID_INPUT`.
 */
export function successGuardrailSplit(
  alpha: number,
  power: number,
  successComparisons: number,
  guardrails: number,
): Outcome<SuccessGuardrailSplit> {
  const alphaRefusal = refuseAlpha(alpha);
  if (alphaRefusal) return { ok: false, refusal: alphaRefusal };
  const counts = Number.isInteger(successComparisons) && Number.isInteger(guardrails);
  if (!(power > 0 && power < 1) || !counts || successComparisons < 0 || guardrails < 0) {
    return refused('INVALID_INPUT', 'power lies between 0 and 1; successComparisons and guardrails are counts.');
  }
  return computed({ alpha: alpha / Math.max(1, successComparisons), power: 1 - (1 - power) / (guardrails + 1) });
}
