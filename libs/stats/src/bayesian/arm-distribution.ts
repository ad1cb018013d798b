import type { Tails } from '../distributions/incomplete-beta.js';

/**
 * One arm's posterior on the axis it is integrated along (the metric itself, or its logit). Everything is positive and
 * accurate in both tails.
 */
export interface ArmDistribution {
  /**
   * Axis points, in any order, between which the density is smooth on the scale of their distance and outside of which
   * there is none.
   */
  readonly edges: readonly number[];
  readonly density: (t: number) => number;
  readonly tails: (t: number) => Tails;
}

/** How far, in standard deviations, panels are laid around an arm's centre, and how wide they are. */
const REACH = 9;
const PANEL = 1.5;

/** Panel edges `centre ∓ reach scale`, 1.5 scales apart. */
export function edgesAround(centre: number, scale: number, reach = REACH): number[] {
  const edges: number[] = [];
  for (let k = -reach; k <= reach; k += PANEL) edges.push(centre + k * scale);
  return edges;
}

/**
 * Panel edges through an exponential tail, ascending, `start` itself left out: from `start` towards `start + reach`,
 * each panel twice as wide as the one before, up to `widest`.
 *
 * @param reach - negative for a tail to the left.
 */
export function tailEdges(start: number, reach: number, first: number, widest: number): number[] {
  const edges: number[] = [];
  let width = first;
  let distance = 0;
  while (distance < Math.abs(reach)) {
    distance = Math.min(Math.abs(reach), distance + width);
    edges.push(start + Math.sign(reach) * distance);
    width = Math.min(widest, 2 * width);
  }
  return reach < 0 ? edges.reverse() : edges;
}
