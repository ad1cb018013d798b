import { differenceOfProducts } from './difference-of-products.js';
import { freezeMoments, type Moments } from './moments.js';

/** Shares of a sum of squares that are rounding when sums of decimals were written down. */
const ROUNDING = 4 * Number.EPSILON;

/**
 * Moments from raw sums, as a SQL query gives them: `sums[i] = Σ x_i`, `crossSums` the sums `Σ x_i x_j` of the upper
 * triangle by rows. Exact as far as the sums are; at a large offset the raw sum of squares has already lost the variance
 * when it was accumulated, so keep {@link Moments} instead where that can happen. What is no more than the rounding of sums
 * that are not whole numbers (a constant 0.1) is no variance, and such a variable has no covariances either.
 */
export function momentsFromSums(n: number, sums: readonly number[], crossSums: readonly number[]): Moments {
  const products: number[] = [];
  const diagonal: number[] = [];
  for (let i = 0; i < sums.length; i++) {
    diagonal.push(products.length);
    for (let j = i; j < sums.length; j++) {
      const cross = crossSums[products.length] ?? NaN;
      const centred = n > 0 ? differenceOfProducts(n, cross, sums[i] ?? NaN, sums[j] ?? NaN) / n : 0;
      products.push(i === j ? varianceSum(centred, sums[i] ?? NaN, cross) : centred);
    }
  }
  let at = 0;
  for (let i = 0; i < sums.length; i++) {
    for (let j = i; j < sums.length; j++, at++) {
      if (products[diagonal[i] ?? 0] === 0 || products[diagonal[j] ?? 0] === 0) products[at] = 0;
    }
  }
  return freezeMoments(
    n,
    sums.map((sum) => (n > 0 ? sum / n : 0)),
    products,
  );
}

function varianceSum(centred: number, sum: number, squares: number): number {
  const exact = Number.isSafeInteger(sum) && Number.isSafeInteger(squares);
  return centred <= (exact ? 0 : ROUNDING * Math.abs(squares)) ? 0 : centred;
}
