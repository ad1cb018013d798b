import { freezeMoments, type Moments } from './moments.js';

/**
 * Moments of two disjoint sets of units together (Chan, Golub & LeVeque 1983). Associative and commutative up to
 * rounding; an empty side changes nothing.
 *
 * @throws RangeError when the two describe different numbers of variables: a fault of the caller, not of the data.
 */
export function mergeMoments(a: Moments, b: Moments): Moments {
  if (a.means.length !== b.means.length) {
    throw new RangeError(`cannot merge moments of ${a.means.length} and of ${b.means.length} variables`);
  }
  if (a.n === 0) return b;
  if (b.n === 0) return a;
  const n = a.n + b.n;
  const gaps = a.means.map((mean, i) => (b.means[i] ?? NaN) - mean);
  const means = a.means.map((mean, i) => (a.n >= b.n ? mean + ((gaps[i] ?? NaN) * b.n) / n : weighted(a, b, i, n)));
  const weight = (a.n * b.n) / n;
  const products: number[] = [];
  for (let i = 0; i < means.length; i++) {
    for (let j = i; j < means.length; j++) {
      const at = products.length;
      const within = (a.products[at] ?? NaN) + (b.products[at] ?? NaN);
      products.push(within + (gaps[i] ?? NaN) * (gaps[j] ?? NaN) * weight);
    }
  }
  return freezeMoments(n, means, products);
}

/** Moves the mean of the larger side by the smaller's share of the gap: the smaller correction rounds less. */
function weighted(a: Moments, b: Moments, i: number, n: number): number {
  const mean = b.means[i] ?? NaN;
  return mean + (((a.means[i] ?? NaN) - mean) * a.n) / n;
}
