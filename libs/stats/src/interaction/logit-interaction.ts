import { zEffect } from '../contrast/z-effect.js';
import type { EffectResult } from '../effect/effect-result.js';
import { refuseAlpha } from '../effect/refuse-arms.js';
import { computed, refused, type Outcome } from '../refusal.js';

/** Conversions in one combination of two experiments' variants. */
export interface ConversionCell {
  readonly n: number;
  /** Units that converted. */
  readonly successes: number;
}

/**
 * Interaction of two experiments on the logit scale: the log of the ratio of odds ratios, with Woolf's standard error
 * `√Σ(1/x + 1/(n-x))`; equals the Wald test of `a:b` in the saturated logistic regression.
 *
 * @returns refusals `ALPHA_OUT_OF_RANGE`, `MORE_SUCCESSES_THAN_UNITS`, `INVALID_INPUT`; `ZERO_VARIANCE` when a cell has
 *   only conversions or none, where the log odds are infinite.
 */
export function logitInteraction(
  cells: {
    readonly c00: ConversionCell;
    readonly c10: ConversionCell;
    readonly c01: ConversionCell;
    readonly c11: ConversionCell;
  },
  alpha: number,
): Outcome<EffectResult> {
  const alphaRefusal = refuseAlpha(alpha);
  if (alphaRefusal) return { ok: false, refusal: alphaRefusal };
  const signed = [
    { cell: cells.c00, sign: 1 },
    { cell: cells.c10, sign: -1 },
    { cell: cells.c01, sign: -1 },
    { cell: cells.c11, sign: 1 },
  ];
  let estimate = 0;
  let variance = 0;
  for (const { cell, sign } of signed) {
    const { n, successes } = cell;
    if (!(successes >= 0 && n < Infinity)) return refused('INVALID_INPUT', 'Counts are finite and not negative.');
    if (successes > n) return refused('MORE_SUCCESSES_THAN_UNITS', `${successes} of ${n} units cannot have converted.`);
    if (successes === 0 || successes === n) {
      return refused('ZERO_VARIANCE', 'A cell in which all or none converted has no finite log odds.');
    }
    estimate += sign * Math.log(successes / (n - successes));
    variance += 1 / successes + 1 / (n - successes);
  }
  return computed(zEffect(estimate, Math.sqrt(variance), alpha));
}
