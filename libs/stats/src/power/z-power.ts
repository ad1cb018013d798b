import { normalCdf, normalQuantile, normalSurvivalQuantile } from '../distributions/normal.js';
import { bracketedRoot } from '../quadrature/bracketed-root.js';

/**
 * Probability that a z test of an effect `noncentrality` standard errors away rejects: `1 - Φ(c - δ)`, and two-sided
 * the other tail `Φ(-c - δ)` too.
 *
 * @param critical - what `|z|` (or `z`, one-sided) must reach.
 */
export function zPower(noncentrality: number, critical: number, sides: 1 | 2 = 2): number {
  const upper = normalCdf(noncentrality - critical);
  return sides === 1 ? upper : upper + normalCdf(-critical - noncentrality);
}

/** The critical z of a fixed-horizon test. */
export function criticalZ(alpha: number, sides: 1 | 2 = 2): number {
  return normalSurvivalQuantile(alpha / sides);
}

/**
 * How many standard errors away an effect must lie for a z test to have this power, both tails counted.
 *
 * @param power - above `alpha`, below 1.
 */
export function requiredNoncentrality(alpha: number, power: number, sides: 1 | 2 = 2): number {
  const critical = criticalZ(alpha, sides);
  const simple = critical + normalQuantile(power);
  if (sides === 1) return simple;
  // The upper tail alone has the power at `simple`, so both together have it a little earlier: by nothing once the other
  // tail is below the last digit.
  const excess = (delta: number): number => zPower(delta, critical) - power;
  return excess(simple) > 0 ? bracketedRoot(excess, 0, simple) : simple;
}
