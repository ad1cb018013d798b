import { refuseAlpha } from '../effect/refuse-arms.js';
import { adjustPValues } from '../multiple-testing/adjust-p-values.js';
import { computed, type Outcome } from '../refusal.js';

/** Interactions are rare, so most findings at 0.05 would be false ones. */
const DEFAULT_ALPHA = 0.01;

export interface ScreenedInteraction<Pair> {
  readonly pair: Pair;
  readonly pValue: number;
  readonly adjustedPValue: number;
  readonly flagged: boolean;
}

/**
 * Screens many pairs of experiments (times metrics) with false discovery control: Benjamini-Hochberg over all p-values
 * given, 0.01 by default.
 *
 * @param pairs - what was tested, in any shape, with its interaction's p-value; leave refused tests out.
 * @returns one entry per pair in the order given; refusals `ALPHA_OUT_OF_RANGE`, `INVALID_INPUT`.
 */
export function screenInteractions<Pair>(
  pairs: readonly { readonly pair: Pair; readonly pValue: number }[],
  alpha: number = DEFAULT_ALPHA,
): Outcome<ScreenedInteraction<Pair>[]> {
  const alphaRefusal = refuseAlpha(alpha);
  if (alphaRefusal) return { ok: false, refusal: alphaRefusal };
  const adjusted = adjustPValues(
    pairs.map(({ pValue }) => pValue),
    'bh',
  );
  if (!adjusted.ok) return adjusted;
  return computed(
    pairs.map(({ pair, pValue }, index) => {
      const adjustedPValue = adjusted.value[index] ?? 1;
      return { pair, pValue, adjustedPValue, flagged: adjustedPValue <= alpha };
    }),
  );
}
