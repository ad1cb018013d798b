import { devianceTerm } from '../distributions/log-beta-power.js';
import { stirlingError } from '../distributions/log-gamma.js';
import { computed, refused, type Outcome } from '../refusal.js';
import { refuseSrmInput } from './expected-counts.js';
import { mergePeriods } from './merge-periods.js';
import type { SrmPeriod } from './srm-over-periods.js';

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
  return sequentialSrmOfChangedWeights(
    cumulativeCounts.map((observed) => [{ observed, weights }]),
    concentration,
  );
}

/**
 * The same when the weights were changed while units came in: each set of weights is tested against a split of its own, and
 * the Bayes factors multiply. Each of them is a martingale under the promise, so their product is one, also when units of two
 * sets come in between each other; each set pays for learning its split.
 *
 * @param looks at each look the units so far, apart by the weights that were in force when they were first seen.
 * @returns Refusals as {@link srmOfChangedWeights}'s, and INVALID_INPUT for a concentration that is not above 0.
 */
export function sequentialSrmOfChangedWeights(
  looks: readonly (readonly SrmPeriod[])[],
  concentration: number = DEFAULT_CONCENTRATION,
): Outcome<readonly SequentialSrmLook[]> {
  if (!(concentration > 0) || concentration === Infinity) {
    return refused('INVALID_INPUT', 'the concentration must be above 0');
  }
  const results: SequentialSrmLook[] = [];
  let pValue = 1;
  for (const periods of looks) {
    const faults = periods.map(({ observed, weights }) => refuseSrmInput(observed, weights));
    const telling = periods.filter((_, index) => faults[index] === null);
    const fault = faults.find((each) => each !== null && (each.code !== 'ZERO_WEIGHT' || telling.length === 0));
    if (fault != null) return { ok: false, refusal: fault };
    const logBayesFactor = mergePeriods(telling).reduce(
      (sum, { observed, shares }) => sum + logDirichletFactor(observed, shares, concentration),
      0,
    );
    pValue = Math.min(pValue, Math.exp(-logBayesFactor));
    results.push({ logBayesFactor, pValue });
  }
  return computed(results);
}

/** Each `ln Γ` is split as Stirling does; the large terms combine to deviances, which do not cancel. */
function logDirichletFactor(counts: readonly number[], shares: readonly number[], concentration: number): number {
  let total = concentration;
  let arms = 0;
  shares.forEach((share, i) => {
    if (share > 0) total += counts[i] ?? 0;
  });
  let posterior = 0.5 * Math.log(total) - stirlingError(total);
  let prior = 0.5 * Math.log(concentration) - stirlingError(concentration);
  shares.forEach((share, i) => {
    if (share === 0) return;
    arms += 1;
    const before = concentration * share;
    const after = before + (counts[i] ?? 0);
    posterior += devianceTerm(after, total * share) + stirlingError(after) - 0.5 * Math.log(after);
    prior += stirlingError(before) - 0.5 * Math.log(before);
  });
  return arms > 0 ? posterior - prior : 0;
}
