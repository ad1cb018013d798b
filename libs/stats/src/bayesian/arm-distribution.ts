import type { Tails } from '../distributions/incomplete-beta.js';

/**
 * One arm's posterior on the axis it is integrated along (the metric itself, or its logit). Everything is positive and
 * accurate in both tails.
 */
export interface ArmDistribution {
  /** Ascending axis points between which the density is smooth on the scale of their distance; the ends hold all of it. */
  readonly edges: readonly number[];
  /** Standard deviation along the axis, roughly. */
  readonly scale: number;
  readonly density: (t: number) => number;
  readonly tails: (t: number) => Tails;
}

/** How far, in standard deviations, panels are laid around an arm's centre, and how wide they are. */
const REACH = 9;
const PANEL = 1.5;

/** Panel edges `centre ∓ 9 scale`, 1.5 scales apart. */
export function edgesAround(centre: number, scale: number): number[] {
  const edges: number[] = [];
  for (let k = -REACH; k <= REACH; k += PANEL) edges.push(centre + k * scale);
  return edges;
}
