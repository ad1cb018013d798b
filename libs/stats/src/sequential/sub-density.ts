import { normalSurvival } from '../distributions/normal.js';
import { panelGrid } from '../quadrature/panel-grid.js';

/** Paths this many standard deviations below 0 no longer reach an upper boundary. */
const LOWER_REACH = 7;
/**
 * Above this height nothing is left of a path that a double could hold. Less would not do: early looks of a spending function
 * may spend 1e-60, and what they leave is all in that tail.
 */
const UPPER_REACH = 39;
/** Nor does a step of this many standard deviations happen. */
const STEP_REACH = 39;
const ROOT_TWO_PI = Math.sqrt(2 * Math.PI);

/**
 * Brownian motion `B(t) ~ N(0, t)` that has stayed below every boundary up to and including time `t`: probability
 * masses (density times quadrature weight) at nodes. Before the first look it is one unit of mass at 0.
 */
export interface SubDensity {
  readonly t: number;
  readonly nodes: Float64Array;
  readonly mass: Float64Array;
}

/** The path before any look. */
export const PATH_START: SubDensity = { t: 0, nodes: new Float64Array([0]), mass: new Float64Array([1]) };

/**
 * The sub-density after a look at time `t` with upper boundary `critical` on the z scale:
 * `g_k(x) = ∫ g_{k-1}(u) φ((x-u)/√dt)/√dt du`, `x < critical √t` (Armitage, McPherson & Rowe 1969), by composite
 * Gauss-Legendre panels little wider than two of the narrowest steps next to them.
 *
 * @param nextStep - time from this look to the next, `Infinity` for none.
 */
export function advanceSubDensity(path: SubDensity, t: number, critical: number, nextStep: number): SubDensity {
  const root = Math.sqrt(t);
  const step = Math.sqrt(t - path.t);
  const panel = 2.2 * Math.min(step, Math.sqrt(nextStep));
  const { nodes, weights } = panelGrid([-LOWER_REACH * root, Math.min(critical, UPPER_REACH) * root], panel);
  const mass = new Float64Array(nodes.length);
  const reach = STEP_REACH * step;
  const exponent = -0.5 / (step * step);
  let first = 0;
  for (let j = 0; j < nodes.length; j++) {
    const x = nodes[j] ?? 0;
    // Nodes ascend, so the window of earlier nodes that can reach `x` only moves up.
    while (first < path.nodes.length && (path.nodes[first] ?? 0) < x - reach) first++;
    let density = 0;
    for (let i = first; i < path.nodes.length; i++) {
      const distance = x - (path.nodes[i] ?? 0);
      if (distance < -reach) break;
      density += (path.mass[i] ?? 0) * Math.exp(exponent * distance * distance);
    }
    mass[j] = ((weights[j] ?? 0) * density) / (step * ROOT_TWO_PI);
  }
  return { t, nodes, mass };
}

/**
 * Probability that the path crosses `critical` (z scale) at time `t`, not before. With `drift` θ the path has mean
 * `θt`: the masses under drift are those without times the likelihood ratio `exp(θu - θ²t/2)`.
 */
export function crossingProbability(path: SubDensity, t: number, critical: number, drift = 0): number {
  const step = Math.sqrt(t - path.t);
  const level = critical * Math.sqrt(t) - drift * (t - path.t);
  const shift = 0.5 * drift * drift * path.t;
  let sum = 0;
  for (let i = 0; i < path.nodes.length; i++) {
    const u = path.nodes[i] ?? 0;
    const mass = path.mass[i] ?? 0;
    const weight = drift === 0 ? mass : mass * Math.exp(drift * u - shift);
    sum += weight * normalSurvival((level - u) / step);
  }
  return sum;
}
