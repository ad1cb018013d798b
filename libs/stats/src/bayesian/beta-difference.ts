import { betaCdf, betaSurvival } from '../distributions/beta.js';
import { logBetaPower } from '../distributions/log-beta-power.js';
import { normalQuantile } from '../distributions/normal.js';
import type { Interval } from '../effect/effect-result.js';
import { bracketedRoot } from '../quadrature/bracketed-root.js';
import { panelGrid } from '../quadrature/panel-grid.js';
import { secantRoot } from '../quadrature/secant-root.js';
import { rateOfLogit } from './beta-distribution.js';
import type { BetaShape } from './beta-posterior.js';

/** At this exponent an integrand has no digits left to give. */
const TAIL = 34;
const NEGLIGIBLE = 1e-18;
/** Panels reach this many standard deviations around both means. */
const REACH = 9;

/**
 * `P(T - C <= d)` for independent beta variables: `∫ f_C(x) F_T(x + d) dx` over the `x` where both rates are possible,
 * stretched to the whole line by a logit so that the powers at its ends become exponentials.
 */
export function betaDifferenceCdf(d: number, control: BetaShape, treatment: BetaShape): number {
  if (d <= -1) return 0;
  if (d >= 1) return 1;
  const low = Math.max(0, -d);
  const length = Math.min(1, 1 - d) - low;
  const edges = axisEdges(low, length, d, control, treatment);
  const { nodes, weights } = panelGrid(edges, 1);
  const missing = Math.max(0, d); // distance of the upper end from 1
  let sum = 0;
  nodes.forEach((t, index) => {
    const below = length * rateOfLogit(t);
    const above = length * rateOfLogit(-t);
    const x = low + below;
    const y = missing + above;
    // Density times dx/dt, where dx/dt = below * above / length.
    const mass = (Math.exp(logBetaPower(x, control.alpha, control.beta, y)) / (x * y)) * below * (above / length);
    if (mass > NEGLIGIBLE)
      sum += (weights[index] ?? 0) * mass * betaCdf(d < 0 ? below : x + d, treatment.alpha, treatment.beta);
  });
  // Control rates above 1 - d leave the treatment no way to exceed them by more than d.
  return Math.min(1, sum + (d > 0 ? betaSurvival(1 - d, control.alpha, control.beta) : 0));
}

function axisEdges(low: number, length: number, d: number, control: BetaShape, treatment: BetaShape): number[] {
  const inside: number[] = [];
  const add = (shape: BetaShape, shift: number): void => {
    const { mean, deviation } = moments(shape);
    for (let k = -REACH; k <= REACH; k += 1.5) {
      const share = (mean + k * deviation - shift - low) / length;
      if (share > 0 && share < 1) inside.push(Math.log(share) - Math.log1p(-share));
    }
  };
  add(control, 0);
  add(treatment, d);
  const sorted = inside.sort((a, b) => a - b);
  const leftRate = d < 0 ? treatment.alpha + 1 : control.alpha;
  const rightRate = d > 0 ? 1 : control.beta;
  const first = sorted[0] ?? 0;
  const last = sorted[sorted.length - 1] ?? 0;
  return [Math.min(first, 0) - TAIL / leftRate, ...sorted, Math.max(last, 0) + TAIL / rightRate];
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
export function betaDifferenceInterval(
  control: BetaShape,
  treatment: BetaShape,
  level: number,
): Interval {
  return [lowerEnd(control, treatment, level / 2), -lowerEnd(treatment, control, level / 2)];
}

function lowerEnd(control: BetaShape, treatment: BetaShape, p: number): number {
  const c = moments(control);
  const t = moments(treatment);
  const deviation = Math.hypot(c.deviation, t.deviation);
  const target = normalQuantile(p);
  const excess = (d: number): number => normalQuantile(betaDifferenceCdf(d, control, treatment)) - target;
  const root = secantRoot(excess, t.mean - c.mean + target * deviation, 1 / deviation, 1e-11);
  return Number.isNaN(root) ? bracketedRoot(excess, -1, 1) : root;
}
