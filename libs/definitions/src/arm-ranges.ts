/** Weights are kept with three decimals; sums of whole numbers are exact. */
const SCALE = 1_000;

/**
 * The half-open range of hash positions of each arm, from weights in any unit with up to three decimals: arm i gets
 * [sum before it, sum with it), as shares of the whole. Empty arms get none, and so does everybody when all weights are 0.
 */
export function armRanges(weights: readonly number[]): [from: number, to: number][][] {
  const whole = weights.map((weight) => Math.round(weight * SCALE));
  const total = whole.reduce((sum, weight) => sum + weight, 0);
  let before = 0;
  return whole.map((weight) => {
    const range: [number, number] = [before / total, (before + weight) / total];
    before += weight;
    return weight > 0 ? [range] : [];
  });
}
