import type { NormalPrior } from '../bayesian/normal-prior.js';
import { normalCdf } from '../distributions/normal.js';
import { criticalZ } from './z-power.js';

/**
 * Probability that a normal posterior's credible interval excludes 0 when the true effect is `effect` and the estimate
 * has variance `S`: with `w = 1/s0² + 1/S`, `Φ((e + S μ0/s0² - S √w z)/√S) + Φ((-e - S μ0/s0² - S √w z)/√S)`
 * (GrowthBook). A flat prior gives the power of a z test.
 *
 * @param alpha - error of the credible interval.
 */
export function posteriorPower(effect: number, variance: number, prior: NormalPrior | null, alpha: number): number {
  const priorPrecision = prior === null ? 0 : 1 / prior.variance;
  const pull = prior === null ? 0 : variance * prior.mean * priorPrecision;
  const threshold = variance * Math.sqrt(priorPrecision + 1 / variance) * criticalZ(alpha);
  const deviation = Math.sqrt(variance);
  return normalCdf((effect + pull - threshold) / deviation) + normalCdf((-effect - pull - threshold) / deviation);
}
