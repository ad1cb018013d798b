import { normalCdf, normalPdf } from '../distributions/normal.js';

/** Below this z the two terms of the closed form cancel to their last digits, and the tail expansion is exact. */
const EXPANSION_BELOW = -20;

/**
 * `E max(X, 0)` for `X ~ N(mean, deviation²)`: `μ Φ(μ/s) + s φ(μ/s)`. With `X` the effect, it is what keeping control
 * loses on average; with `-X`, what shipping the treatment loses.
 *
 * @param deviation - at least 0, in the unit of `mean`, which the result has too.
 */
export function expectedExcess(mean: number, deviation: number): number {
  if (deviation === 0) return Math.max(mean, 0);
  const z = mean / deviation;
  if (z >= EXPANSION_BELOW) return mean * normalCdf(z) + deviation * normalPdf(z);
  // φ(z)/z² (1 - 3/z² + 15/z⁴ - …), from the asymptotic series of Mills' ratio.
  const x = 1 / (z * z);
  const series = 1 - 3 * x * (1 - 5 * x * (1 - 7 * x * (1 - 9 * x * (1 - 11 * x * (1 - 13 * x)))));
  return deviation * normalPdf(z) * x * series;
}
