import { betaSurvival } from '../distributions/beta.js';
import { incompleteBeta } from '../distributions/incomplete-beta.js';
import { normalQuantile } from '../distributions/normal.js';
import type { Interval } from '../effect/effect-result.js';
import { bracketedRoot } from '../quadrature/bracketed-root.js';
import { panelGrid } from '../quadrature/panel-grid.js';
import { secantRoot } from '../quadrature/secant-root.js';
import { tailEdges } from './arm-distribution.js';
import { betaLogitDensity, rateOfLogit } from './beta-distribution.js';
import type { BetaShape } from './beta-posterior.js';

/** At this exponent an integrand has no digits left to give. */
const TAIL = 34;
const NEGLIGIBLE = 1e-18;
/** Panels reach this many standard deviations around both means. */
const REACH = 9;
const PANEL = 1.5;
/** What happens on the logit scale happens within a unit of it, and within this many beyond the last edge. */
const WIDEST = 1;
const CORE = 8;

/**
 * `P(T - C <= d)` for independent beta variables: `∫ f_C(x) F_T(x + d) dx` over the `x` where both rates are possible,
 * stretched to the whole line by a logit so that the powers at its ends become exponentials.
 */
export function betaDifferenceCdf(d: number, control: BetaShape, treatment: BetaShape): number {
  if (d <= -1) return 0;
  if (d >= 1) return 1;
  const low = Math.max(0, -d);
  const high = Math.min(1, 1 - d);
  const { nodes, weights } = panelGrid(axisEdges(low, high, d, control, treatment), Infinity);
  let sum = 0;
  nodes.forEach((t, index) => {
    const mass = controlMass(t, d, control);
    if (!(mass > NEGLIGIBLE)) return;
    sum += (weights[index] ?? 0) * mass * treatmentBelow(t, d, treatment);
  });
  // Control rates above 1 - d leave the treatment no way to exceed them by more than d.
  return Math.min(1, sum + (d > 0 ? betaSurvival(high, control.alpha, control.beta) : 0));
}

/**
 * Density of the control rate `x` along `t`, where `x = -d + (1+d) σ(t)` for `d < 0` and `x = (1-d) σ(t)` for `d > 0`:
 * the density along its own logit `ln x - ln(1-x)`, times `dx/dt / (x (1-x))`. One of `x` and `1-x` is a multiple of a
 * rate that may be too small to write down, so its logarithm is taken apart.
 */
function controlMass(t: number, d: number, control: BetaShape): number {
  if (d === 0) return betaLogitDensity(t, control);
  const length = 1 - Math.abs(d);
  const mirrored = d < 0 ? -t : t; // the small side is 1-x on the left of 0, x on the right
  const far = length * rateOfLogit(-mirrored);
  const logit = Math.log(length) + logRate(mirrored) - Math.log(Math.abs(d) + far);
  return (betaLogitDensity(d < 0 ? -logit : logit, control) * far) / (length * (Math.abs(d) + far));
}

/** `P(T <= x + d)` at the same point; `x + d` and its distance from 1 are each written without a subtraction. */
function treatmentBelow(t: number, d: number, { alpha, beta }: BetaShape): number {
  const length = 1 - Math.abs(d);
  const rate = Math.max(d, 0) + length * rateOfLogit(t);
  const complement = Math.max(-d, 0) + length * rateOfLogit(-t);
  if (rate === 0 || complement === 0) return complement === 0 ? 1 : 0;
  return incompleteBeta(rate, complement, alpha, beta).lower;
}

/** `ln(1 / (1 + e^-t))`. */
function logRate(t: number): number {
  return t > 0 ? -Math.log1p(Math.exp(-t)) : t - Math.log1p(Math.exp(t));
}

function axisEdges(low: number, high: number, d: number, control: BetaShape, treatment: BetaShape): number[] {
  const length = high - low;
  const inside: number[] = [0];
  const add = (shape: BetaShape, shift: number): void => {
    const { mean, deviation } = moments(shape);
    for (let k = -REACH; k <= REACH; k += PANEL) {
      const share = (mean + k * deviation - shift - low) / length;
      if (share > 0 && share < 1) inside.push(Math.log(share) - Math.log1p(-share));
    }
  };
  add(control, 0);
  add(treatment, d);
  const sorted = inside.sort((a, b) => a - b);
  const first = (sorted[0] ?? 0) - CORE;
  const last = (sorted[sorted.length - 1] ?? 0) + CORE;
  const core = [first, ...sorted, last].flatMap((edge, index, all) => {
    const before = all[index - 1] ?? edge;
    const pieces = Math.max(1, Math.ceil((edge - before) / WIDEST));
    return Array.from({ length: pieces }, (_piece, piece) => before + ((piece + 1) * (edge - before)) / pieces);
  });
  // Powers of the ends: of the control's own density, or of the treatment's cumulative one where that ends first.
  const left = d < 0 ? treatment.alpha + 1 : control.alpha;
  const right = d > 0 ? 1 : control.beta;
  return [
    ...tailEdges(first, -TAIL / left, WIDEST, 2 / left),
    ...core,
    ...tailEdges(last, TAIL / right, WIDEST, 2 / right),
  ];
}

function moments({ alpha, beta }: BetaShape): { mean: number; deviation: number } {
  const total = alpha + beta;
  return { mean: alpha / total, deviation: Math.sqrt((alpha * beta) / (total * total * (total + 1))) };
}

/**
 * Equal-tailed credible interval of the difference of two conversion rates, treatment minus control, by inverting
 * {@link betaDifferenceCdf}; its upper end is minus the lower end of control minus treatment.
 *
 * @param level - error of the interval, half on each side.
 */
export function betaDifferenceInterval(control: BetaShape, treatment: BetaShape, level: number): Interval {
  return [lowerEnd(control, treatment, level / 2), -lowerEnd(treatment, control, level / 2)];
}

function lowerEnd(control: BetaShape, treatment: BetaShape, p: number): number {
  const c = moments(control);
  const t = moments(treatment);
  const deviation = Math.hypot(c.deviation, t.deviation);
  const target = normalQuantile(p);
  const excess = (d: number): number => normalQuantile(betaDifferenceCdf(d, control, treatment)) - target;
  const root = secantRoot(excess, t.mean - c.mean + target * deviation, 1 / deviation, 1e-11);
  return Math.abs(root) < 1 ? root : bracketedRoot(excess, -1, 1);
}
