import type { Alternative } from '../effect/effect-result.js';
import { computed, type Outcome } from '../refusal.js';
import type { ProportionSummary } from '../summary/proportion-summary.js';
import { hypergeometricWeights } from './hypergeometric-weights.js';
import { refuseExactSize } from './refuse-exact-size.js';
import { refuseCounts } from './two-proportions.js';
import { unconditionalPValue } from './unconditional-p-value.js';

const TIE = 1e-9;

/**
 * Boschloo's exact test of equal proportions (1970): Fisher's one-sided p-value orders the tables, and the p-value is the
 * largest probability, over the common rate, of a table at most as likely. Uniformly more powerful than Fisher's test.
 * Two-sided: twice the smaller one-sided p-value, at most 1.
 *
 * Refuses TOO_MANY_UNITS and impossible counts.
 */
export function boschlooExactTest(
  control: ProportionSummary,
  treatment: ProportionSummary,
  alternative: Alternative = 'two-sided',
): Outcome<number> {
  const refusal = refuseCounts(control, treatment) ?? refuseExactSize(control, treatment);
  if (refusal !== null) return { ok: false, refusal };
  if (alternative !== 'two-sided') return computed(oneSided(control, treatment, alternative));
  const smaller = Math.min(oneSided(control, treatment, 'less'), oneSided(control, treatment, 'greater'));
  return computed(Math.min(1, 2 * smaller));
}

function oneSided(control: ProportionSummary, treatment: ProportionSummary, alternative: 'greater' | 'less'): number {
  const tails = fisherTails(control.n, treatment.n, alternative);
  const fisher = (i: number, j: number): number => tails[i + j]?.[j - Math.max(0, i + j - control.n)] ?? 1;
  const limit = fisher(control.successes, treatment.successes) * (1 + TIE);
  return unconditionalPValue(control.n, treatment.n, (i, j) => fisher(i, j) <= limit);
}

/** Fisher's one-sided p-value of every table, by number of conversions and then by treatment conversions. */
function fisherTails(controls: number, treated: number, alternative: 'greater' | 'less'): readonly Float64Array[] {
  return Array.from({ length: controls + treated + 1 }, (_, converted) => {
    const weights = hypergeometricWeights({ treated, untreated: controls, converted });
    const ordered = alternative === 'greater' ? weights.reverse() : weights;
    let sum = 0;
    const cumulated = ordered.map((weight) => (sum += weight));
    const tails = cumulated.map((weight) => weight / sum);
    return alternative === 'greater' ? tails.reverse() : tails;
  });
}
