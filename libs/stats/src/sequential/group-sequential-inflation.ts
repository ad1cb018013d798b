import { normalQuantile, normalSurvivalQuantile } from '../distributions/normal.js';
import { bracketedRoot } from '../quadrature/bracketed-root.js';
import { secantRoot } from '../quadrature/secant-root.js';
import { computed, refused, type Outcome } from '../refusal.js';
import { crossingByLook, groupLooks, walkLooks } from './group-looks.js';
import { fractionFault } from './group-sequential-bounds.js';

export interface GroupSequentialInflation {
  /** Multiply the fixed-horizon sample size by this to keep its power. */
  readonly inflationFactor: number;
  /** Expected share of the planned sample used when the effect is the one planned for. */
  readonly expectedInformation: number;
}

/**
 * What looking costs: the ratio of the largest sample of a group-sequential plan to the fixed-horizon one at the same
 * one-sided error and power, `(θ / (z_{1-α} + z_power))²`, with θ the drift under which the path crosses the boundary
 * with probability `power` (Jennison & Turnbull 2000, ch. 2; `getDesignCharacteristics` of rpact).
 *
 * @param criticalValues - as {@link groupSequentialBounds} gives them for these fractions.
 * @returns refusals `PLAN_INVALID`, `ALPHA_OUT_OF_RANGE`, `NOT_CONVERGED`.
 */
export function groupSequentialInflation(
  informationFractions: readonly number[],
  criticalValues: readonly number[],
  alphaOneSided: number,
  power: number,
): Outcome<GroupSequentialInflation> {
  const fault = fractionFault(informationFractions);
  if (fault !== null) return refused('PLAN_INVALID', fault);
  if (criticalValues.length !== informationFractions.length) {
    return refused('PLAN_INVALID', 'criticalValues and informationFractions must have one entry per look.');
  }
  if (!(alphaOneSided > 0 && alphaOneSided < 0.5)) {
    return refused('ALPHA_OUT_OF_RANGE', `alphaOneSided is ${alphaOneSided}; give one between 0 and 0.5.`);
  }
  if (!(power > alphaOneSided && power < 1)) return refused('PLAN_INVALID', `power is ${power}; give one above alpha.`);
  const looks = groupLooks(informationFractions);
  const { paths } = walkLooks(looks, (_path, _look, index) => criticalValues[index] ?? Infinity);
  const crossing = (drift: number): number[] => crossingByLook(looks, paths, criticalValues, drift);
  const target = normalQuantile(power);
  const fixed = normalSurvivalQuantile(alphaOneSided) + target;
  const excess = (drift: number): number => normalQuantile(Math.min(1, sum(crossing(drift)))) - target;
  const found = secantRoot(excess, fixed);
  const drift = Number.isNaN(found) ? bracketedRoot(excess, 0, 20 * fixed) : found;
  if (Number.isNaN(drift)) return refused('NOT_CONVERGED', 'No drift gives the plan this power.');
  const probabilities = crossing(drift);
  const stopped = sum(probabilities.map((probability, index) => probability * (informationFractions[index] ?? 1)));
  const last = informationFractions[informationFractions.length - 1] ?? 1;
  return computed({
    inflationFactor: (drift / fixed) ** 2,
    expectedInformation: stopped + (1 - sum(probabilities)) * last,
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
