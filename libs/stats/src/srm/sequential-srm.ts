import { devianceTerm } from '../distributions/log-beta-power.js';
import { stirlingError } from '../distributions/log-gamma.js';
import { computed, refused, type Outcome } from '../refusal.js';
import { refuseSrmInput } from './expected-counts.js';

/** Evidence at one look. */
export interface SequentialSrmLook {
  /** Of "some other split" against the promised one; above 0 speaks against the promise. */
  readonly logBayesFactor: number;
  /** Valid at every look: the smallest `1/BF` so far, at most 1. */
  readonly pValue: number;
}

/** How fast the alternative learns another split: larger suspects smaller deviations. */
const DEFAULT_CONCENTRATION = 100;

/**
 * Sequential sample ratio mismatch (Lindon & Malek 2022): the Bayes factor of a Dirichlet(concentration × weights) split
 * against the promised one, `BF = Γ(A)/Γ(A+N) Π Γ(αᵢ+nᵢ)/Γ(αᵢ) / Π wᵢ^nᵢ`. By Ville's inequality the chance that `1/BF`
 * ever falls below α is at most α, so it may be looked at after every unit.
 *
 * @param cumulativeCounts units per arm at each look, growing.
 * @returns Refusals as {@link srmTest}'s, and INVALID_INPUT for a concentration that is not above 0.
 */
export function sequentialSrm(
  cumulativeCounts: readonly (readonly number[])[],
  weights: readonly number[],
  concentration: number = DEFAULT_CONCENTRATION,
): Outcome<readonly SequentialSrmLook[]> {
  if (!(concentration > 0) || concentration === Infinity) {
    return refused('INVALID_INPUT', 'the concentration must be above 0');
  }
  const weightSum = weights.reduce((sum, weight) => sum + weight, 0);
  const looks: SequentialSrmLook[] = [];
  let pValue = 1;
  for (const counts of cumulativeCounts) {
    const refusal = refuseSrmInput(counts, weights);
    if (refusal !== null) return { ok: false, refusal };
    const logBayesFactor = logDirichletFactor(counts, weights, weightSum, concentration);
    pValue = Math.min(pValue, Math.exp(-logBayesFactor));
    looks.push({ logBayesFactor, pValue });
  }
  return computed(looks);
}

/** Each `ln Γ` is split as Stirling does; the large terms combine to deviances, which do not cancel. */
function logDirichletFactor(
  counts: readonly number[],
  weights: readonly number[],
  weightSum: number,
  concentration: number,
): number {
  let total = concentration;
  let arms = 0;
  weights.forEach((weight, i) => {
    if (weight > 0) total += counts[i] ?? 0;
  });
  let posterior = 0.5 * Math.log(total) - stirlingError(total);
  let prior = 0.5 * Math.log(concentration) - stirlingError(concentration);
  weights.forEach((weight, i) => {
    if (weight === 0) return;
    arms += 1;
    const share = weight / weightSum;
    const before = concentration * share;
    const after = before + (counts[i] ?? 0);
    posterior += devianceTerm(after, total * share) + stirlingError(after) - 0.5 * Math.log(after);
    prior += stirlingError(before) - 0.5 * Math.log(before);
  });
  return arms > 0 ? posterior - prior : 0;
}
