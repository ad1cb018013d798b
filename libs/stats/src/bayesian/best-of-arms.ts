import { panelGrid } from '../quadrature/panel-grid.js';
import type { ArmDistribution } from './arm-distribution.js';

export interface BestOfArms {
  /** Probability that each arm has the highest value; they sum to 1. */
  readonly probabilityBest: readonly number[];
  /** `E max_j - E_i`: what choosing each arm loses on average, in the metric's unit. */
  readonly expectedLoss: readonly number[];
}

/**
 * Exact comparison of independent posteriors by one-dimensional quadrature: `P(best_i) = ∫ f_i Π_{j≠i} F_j` and `loss_i
 * = ∫ F_i (1 - Π_{j≠i} F_j)`. No term is a difference, so small probabilities and losses keep their digits.
 *
 * @param measure - length of the metric per length of the axis at an axis point (1 when the axis is the metric).
 */
export function bestOfArms(arms: readonly ArmDistribution[], measure: (t: number) => number): BestOfArms {
  const edges = arms.flatMap((arm) => arm.edges).sort((a, b) => a - b);
  const { nodes, weights } = panelGrid(edges, Infinity);
  const probabilityBest = arms.map(() => 0);
  const expectedLoss = arms.map(() => 0);
  nodes.forEach((t, node) => {
    const weight = weights[node] ?? 0;
    const tails = arms.map((arm) => arm.tails(t));
    const length = weight * measure(t);
    arms.forEach((arm, i) => {
      let allBelow = 1;
      let anyAbove = 0;
      for (let j = 0; j < arms.length; j++) {
        if (j === i) continue;
        anyAbove += (1 - anyAbove) * (tails[j]?.upper ?? 0);
        allBelow *= tails[j]?.lower ?? 0;
      }
      if (allBelow > 0) probabilityBest[i] = (probabilityBest[i] ?? 0) + weight * allBelow * arm.density(t);
      expectedLoss[i] = (expectedLoss[i] ?? 0) + length * anyAbove * (tails[i]?.lower ?? 0);
    });
  });
  return { probabilityBest: probabilityBest.map((p) => Math.min(1, p)), expectedLoss };
}
