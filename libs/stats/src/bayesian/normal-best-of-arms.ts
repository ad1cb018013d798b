import { normalCdf, normalPdf, normalSurvival } from '../distributions/normal.js';
import { computedNumbers, refused, type Outcome } from '../refusal.js';
import { edgesAround, type ArmDistribution } from './arm-distribution.js';
import { bestOfArms, type BestOfArms } from './best-of-arms.js';

export interface NormalArm {
  readonly mean: number;
  readonly standardDeviation: number;
}

/** Standard deviations beyond which a normal tail is 0 in a double: between arms further apart nothing changes. */
const REACH = 39;

/**
 * Probability of being best and expected loss of arms with independent normal posteriors, by quadrature.
 *
 * @param lowerIsBetter - "best" then means lowest.
 * @returns refusals `INVALID_INPUT` (no arm, a value that is not finite) and `ZERO_VARIANCE`.
 */
export function normalBestOfArms(arms: readonly NormalArm[], lowerIsBetter = false): Outcome<BestOfArms> {
  if (arms.length === 0) return refused('INVALID_INPUT', 'There is no arm to compare.');
  if (arms.some((arm) => !Number.isFinite(arm.mean) || !Number.isFinite(arm.standardDeviation))) {
    return refused('INVALID_INPUT', 'Every arm needs a finite mean and standardDeviation.');
  }
  if (arms.some((arm) => !(arm.standardDeviation > 0))) {
    return refused('ZERO_VARIANCE', 'Every arm needs a positive standardDeviation.');
  }
  const sign = lowerIsBetter ? -1 : 1;
  const distributions = arms.map((arm) => toDistribution(sign * arm.mean, arm.standardDeviation));
  return computedNumbers(bestOfArms(distributions, () => 1));
}

function toDistribution(mean: number, deviation: number): ArmDistribution {
  return {
    edges: edgesAround(mean, deviation, REACH),
    density: (x) => normalPdf((x - mean) / deviation) / deviation,
    tails: (x) => ({ lower: normalCdf((x - mean) / deviation), upper: normalSurvival((x - mean) / deviation) }),
  };
}
