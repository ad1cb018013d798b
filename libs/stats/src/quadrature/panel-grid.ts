import { gaussLegendre, type QuadratureRule } from './gauss-legendre.js';

/** Ten nodes on a panel of two standard deviations integrate a Gaussian to about 1e-14, and its steep tails to 1e-12. */
const RULE = gaussLegendre(10);

/**
 * Nodes and weights of a composite Gauss-Legendre rule over the panels between ascending `edges`, none wider than
 * `widest`. Weights include the panels' lengths: `∫ f ≈ Σ weights[i] f(nodes[i])`.
 */
export function panelGrid(edges: readonly number[], widest: number): QuadratureRule {
  const panels: [number, number][] = [];
  let total = 0;
  for (let i = 1; i < edges.length; i++) {
    const low = edges[i - 1] ?? 0;
    const length = (edges[i] ?? 0) - low;
    if (!(length > 0)) continue;
    const pieces = Math.max(1, Math.ceil(length / widest));
    for (let piece = 0; piece < pieces; piece++) panels.push([low + (piece * length) / pieces, length / pieces]);
    total += pieces;
  }
  const count = RULE.nodes.length;
  const nodes = new Float64Array(total * count);
  const weights = new Float64Array(total * count);
  panels.forEach(([low, length], panel) => {
    for (let i = 0; i < count; i++) {
      nodes[panel * count + i] = low + (length / 2) * (1 + (RULE.nodes[i] ?? 0));
      weights[panel * count + i] = (length / 2) * (RULE.weights[i] ?? 0);
    }
  });
  return { nodes, weights };
}
