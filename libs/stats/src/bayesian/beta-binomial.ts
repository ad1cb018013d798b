import type { Interval } from '../effect/effect-result.js';
import { computed, type Outcome } from '../refusal.js';
import { bestOfShapes } from './beta-best-of-arms.js';
import { betaDifferenceInterval } from './beta-difference.js';
import { betaPosterior, type BetaPosterior, type BetaShape, type ConversionArm } from './beta-posterior.js';

export interface BetaBinomialComparison {
  readonly control: BetaPosterior;
  readonly treatment: BetaPosterior;
  /** Posterior probability that the treatment's rate is the better one. */
  readonly chanceToWin: number;
  /** Expected loss of keeping control although the treatment is better, in conversion rate. */
  readonly lossOfKeepingControl: number;
  /** Expected loss of shipping the treatment although it is worse, in conversion rate. */
  readonly lossOfShippingTreatment: number;
  /** Equal-tailed credible interval of treatment minus control. */
  readonly differenceCi: Interval;
}

/**
 * Two conversion rates with independent beta posteriors, exactly: chance to win, expected losses and the interval of
 * the difference are integrals, not simulations. Source: conjugate beta-binomial model (Gelman et al., BDA3, section
 * 2.4); decision quantities of Stucchio 2015.
 *
 * @param level - error of the intervals, half on each side.
 * @returns refusals of {@link betaPosterior}.
 */
export function betaBinomial(
  control: ConversionArm,
  treatment: ConversionArm,
  prior: BetaShape,
  level: number,
  lowerIsBetter = false,
): Outcome<BetaBinomialComparison> {
  const c = betaPosterior(control, prior, level);
  if (!c.ok) return c;
  const t = betaPosterior(treatment, prior, level);
  if (!t.ok) return t;
  const shapes = [c.value, t.value].map(({ alpha, beta }) =>
    lowerIsBetter ? { alpha: beta, beta: alpha } : { alpha, beta },
  );
  const { probabilityBest, expectedLoss } = bestOfShapes(shapes);
  return computed({
    control: c.value,
    treatment: t.value,
    chanceToWin: probabilityBest[1] ?? NaN,
    lossOfKeepingControl: expectedLoss[0] ?? NaN,
    lossOfShippingTreatment: expectedLoss[1] ?? NaN,
    differenceCi: betaDifferenceInterval(c.value, t.value, level),
  });
}
