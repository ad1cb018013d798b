import { normalTwoSidedP } from '../distributions/normal.js';
import { computed, refused, type Outcome } from '../refusal.js';
import { exactBinomialTest } from './exact-binomial-test.js';

/** `auto` is exact below 1,000 units. */
export type TwoArmSrmMethod = 'auto' | 'binomial' | 'normal';

/** How the two-arm check is run. */
export interface TwoArmSrmOptions {
  readonly method?: TwoArmSrmMethod;
  /** Take half a unit off the distance in the normal approximation. Default true. */
  readonly continuityCorrection?: boolean;
}

const EXACT_BELOW = 1000;

/**
 * P-value of the split of two arms against `ratio` treatment units per control unit, as tea-tasting checks it: exact
 * binomial, or `|k - n p| / sqrt(n p q)` with continuity correction.
 *
 * Refuses INVALID_INPUT. Without units the p-value is 1.
 */
export function twoArmSrmTest(
  control: number,
  treatment: number,
  ratio: number,
  options: TwoArmSrmOptions = {},
): Outcome<number> {
  const { method = 'auto', continuityCorrection = true } = options;
  const total = control + treatment;
  if (![control, treatment].every((n) => Number.isInteger(n) && n >= 0) || !(ratio > 0) || ratio === Infinity) {
    return refused('INVALID_INPUT', 'needs two counts and a ratio above 0');
  }
  if (total === 0) return computed(1);
  const share = ratio / (1 + ratio);
  if (method === 'binomial' || (method === 'auto' && total < EXACT_BELOW)) {
    return exactBinomialTest(treatment, total, share);
  }
  const distance = Math.abs(treatment - total * share);
  const corrected = continuityCorrection ? Math.max(0, distance - 0.5) : distance;
  return computed(normalTwoSidedP(corrected / Math.sqrt(total * share * (1 - share))));
}
