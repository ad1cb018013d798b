import { freezeMoments, type Moments } from './moments.js';

/**
 * The moments after one more unit with the given `k` values (Welford 1962; the product update of Bennett et al. 2009).
 */
export function addObservation(moments: Moments, values: readonly number[]): Moments {
  const n = moments.n + 1;
  const before = moments.means.map((mean, i) => (values[i] ?? NaN) - mean);
  const means = moments.means.map((mean, i) => mean + (before[i] ?? NaN) / n);
  const products: number[] = [];
  for (let i = 0; i < means.length; i++) {
    for (let j = i; j < means.length; j++) {
      const after = (values[j] ?? NaN) - (means[j] ?? NaN);
      products.push((moments.products[products.length] ?? NaN) + (before[i] ?? NaN) * after);
    }
  }
  return freezeMoments(n, means, products);
}
