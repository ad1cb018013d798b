import { differenceOfProducts } from './difference-of-products.js';
import { freezeMoments, type Moments } from './moments.js';

/**
 * Moments from raw sums, as a SQL query gives them: `sums[i] = Σ x_i`, `crossSums` the sums `Σ x_i x_j` of the upper
 * triangle by rows. Exact as far as the sums are; at a large offset the raw sum of squares has already lost the variance
 * when it was accumulated, so keep {@link Moments} instead where that can happen.
 */
export function momentsFromSums(n: number, sums: readonly number[], crossSums: readonly number[]): Moments {
  const products: number[] = [];
  for (let i = 0; i < sums.length; i++) {
    for (let j = i; j < sums.length; j++) {
      const cross = crossSums[products.length] ?? NaN;
      const centred = n > 0 ? differenceOfProducts(n, cross, sums[i] ?? NaN, sums[j] ?? NaN) / n : 0;
      products.push(i === j ? Math.max(0, centred) : centred);
    }
  }
  return freezeMoments(
    n,
    sums.map((sum) => (n > 0 ? sum / n : 0)),
    products,
  );
}
