import { incompleteBeta, type Tails } from '../distributions/incomplete-beta.js';
import { logBetaPower } from '../distributions/log-beta-power.js';
import { logGamma } from '../distributions/log-gamma.js';
import { edgesAround, tailEdges, type ArmDistribution } from './arm-distribution.js';
import type { BetaShape } from './beta-posterior.js';

/** The density falls like `e^(αt)` to the left and `e^(-βt)` to the right; at this exponent nothing is left. */
const TAIL = 42;
/** Rates with a logit beyond this cannot be written as doubles; their powers still can. */
const WRITABLE_LOGIT = 700;

/** `1 / (1 + e^-t)`, the conversion rate whose logit is `t`, with full relative precision however close to 0. */
export function rateOfLogit(t: number): number {
  return t >= 0 ? 1 / (1 + Math.exp(-t)) : Math.exp(t) / (1 + Math.exp(t));
}

/**
 * A beta distribution along the logit `t = ln(x / (1-x))`, where its density `x^α (1-x)^β / B(α, β)` is smooth and
 * bounded for every shape, also those that rise to infinity at 0 or 1.
 */
export function betaDistribution(shape: BetaShape): ArmDistribution {
  const { alpha, beta } = shape;
  const centre = Math.log(alpha / beta);
  // A small parameter stretches one tail, but on the other side the density still ends within a few units of the logit.
  const scale = Math.min(1, Math.sqrt(1 / alpha + 1 / beta));
  const core = edgesAround(centre, scale);
  const low = core[0] ?? centre;
  const high = core[core.length - 1] ?? centre;
  const left = Math.min(0, centre - TAIL / alpha - low);
  const right = Math.max(0, centre + TAIL / beta - high);
  const tails = [...tailEdges(low, left, scale, 2 / alpha), ...tailEdges(high, right, scale, 2 / beta)];
  // The rate itself varies between this arm and wherever another one lies: unit panels from here to a rate of one half.
  const between = centre < 0 ? tailEdges(high, Math.max(0, -high), 1, 1) : tailEdges(low, Math.min(0, -low), 1, 1);
  return {
    edges: [...tails, ...core, ...between],
    density: (t) => betaLogitDensity(t, shape),
    tails: (t) => betaLogitTails(t, shape),
  };
}

/** `x^α (1-x)^β / B(α, β)` at logit `t`: the density along the logit. */
export function betaLogitDensity(t: number, { alpha, beta }: BetaShape): number {
  if (t < -WRITABLE_LOGIT) return Math.exp(alpha * t - logBetaFunction(alpha, beta));
  if (t > WRITABLE_LOGIT) return Math.exp(-beta * t - logBetaFunction(alpha, beta));
  return Math.exp(logBetaPower(rateOfLogit(t), alpha, beta, rateOfLogit(-t)));
}

function betaLogitTails(t: number, shape: BetaShape): Tails {
  if (t < -WRITABLE_LOGIT) {
    const lower = betaLogitDensity(t, shape) / shape.alpha;
    return { lower, upper: 1 - lower };
  }
  if (t > WRITABLE_LOGIT) {
    const upper = betaLogitDensity(t, shape) / shape.beta;
    return { lower: 1 - upper, upper };
  }
  return incompleteBeta(rateOfLogit(t), rateOfLogit(-t), shape.alpha, shape.beta);
}

function logBetaFunction(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}
