import { normalSurvivalQuantile } from '../distributions/normal.js';
import { bracketedRoot } from '../quadrature/bracketed-root.js';
import { crossingProbability, type SubDensity } from './sub-density.js';

/** No sensible boundary lies this far below 0; the path's lower end does. */
const LOWEST_BOUNDARY = 7;

/** The z boundary at `t` that exactly `spend` of the arriving paths cross; `NaN` when none can. */
export function boundarySpending(path: SubDensity, t: number, spend: number): number {
  if (!(spend >= 0)) return NaN;
  if (spend < Number.MIN_VALUE * 1e16) return Infinity;
  if (path.t === 0) return normalSurvivalQuantile(spend);
  const target = normalSurvivalQuantile(spend);
  const excess = (critical: number): number => normalSurvivalQuantile(crossingProbability(path, t, critical)) - target;
  // Never above `target`: fewer paths cross now, and not before, than are above it now. Right after another look the
  // probability falls off a cliff, so nothing but a bracket will do.
  return bracketedRoot(excess, -LOWEST_BOUNDARY, target + 1e-6);
}
