import { incompleteBeta } from '../distributions/incomplete-beta.js';
import { logBetaPower } from '../distributions/log-beta-power.js';
import { edgesAround, type ArmDistribution } from './arm-distribution.js';
import type { BetaShape } from './beta-posterior.js';

/** The density falls like `e^(αt)` to the left and `e^(-βt)` to the right; at this exponent nothing is left. */
const TAIL = 42;

/** `1 / (1 + e^-t)`, the conversion rate whose logit is `t`, with full relative precision however close to 0. */
export function rateOfLogit(t: number): number {
  return t >= 0 ? 1 / (1 + Math.exp(-t)) : Math.exp(t) / (1 + Math.exp(t));
}

/**
 * A beta distribution along the logit `t = ln(x / (1-x))`, where its density `x^α (1-x)^β / B(α, β)` is smooth and bounded
 * for every shape, also those that rise to infinity at 0 or 1.
 */
export function betaDistribution({ alpha, beta }: BetaShape): ArmDistribution {
  const centre = Math.log(alpha / beta);
  const scale = Math.sqrt(1 / alpha + 1 / beta);
  const edges = edgesAround(centre, scale);
  const low = Math.min(edges[0] ?? centre, centre - TAIL / alpha);
  const high = Math.max(edges[edges.length - 1] ?? centre, centre + TAIL / beta);
  return {
    edges: [low, ...edges, high],
    scale,
    density: (t) => Math.exp(logBetaPower(rateOfLogit(t), alpha, beta, rateOfLogit(-t))),
    tails: (t) => incompleteBeta(rateOfLogit(t), rateOfLogit(-t), alpha, beta),
  };
}
