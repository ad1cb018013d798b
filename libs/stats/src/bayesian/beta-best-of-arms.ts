import { computed, refused, type Outcome } from '../refusal.js';
import { bestOfArms, type BestOfArms } from './best-of-arms.js';
import { betaDistribution, rateOfLogit } from './beta-distribution.js';
import { betaShape, type BetaShape, type ConversionArm } from './beta-posterior.js';

/**
 * Probability of having the highest conversion rate, and expected loss in conversion rate, of arms with independent
 * beta posteriors, by quadrature along the logit. Agrees with the closed sum for integer parameters (Evan Miller 2015),
 * and needs no integers.
 *
 * @param lowerIsBetter - "best" then means lowest.
 * @returns refusals of {@link betaShape} for the first arm that has one; `INVALID_INPUT` without arms.
 */
export function betaBestOfArms(
  arms: readonly ConversionArm[],
  prior: BetaShape,
  lowerIsBetter = false,
): Outcome<BestOfArms> {
  if (arms.length === 0) return refused('INVALID_INPUT', 'There is no arm to compare.');
  const shapes: BetaShape[] = [];
  for (const arm of arms) {
    const shape = betaShape(arm, prior);
    if (!shape.ok) return shape;
    shapes.push(lowerIsBetter ? { alpha: shape.value.beta, beta: shape.value.alpha } : shape.value);
  }
  return computed(bestOfShapes(shapes));
}

/** The comparison of beta distributions themselves. */
export function bestOfShapes(shapes: readonly BetaShape[]): BestOfArms {
  return bestOfArms(shapes.map(betaDistribution), (t) => rateOfLogit(t) * rateOfLogit(-t));
}
