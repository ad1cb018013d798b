import { freezeMoments, type Moments } from './moments.js';

/**
 * Moments of two disjoint sets of units together (Chan, Golub & LeVeque 1983). Commutative to the last digit,
 * associative up to rounding; an empty side changes nothing.
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
  const means = a.means.map((mean, i) => mergedMean(a, mean, b, b.means[i] ?? NaN));
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

/** The larger side's mean moved by the smaller side's share of the gap; halfway, without a side, when they are equal. */
function mergedMean(a: Moments, aMean: number, b: Moments, bMean: number): number {
  if (a.n === b.n) return (aMean + bMean) / 2;
  const n = a.n + b.n;
  return a.n > b.n ? aMean + ((bMean - aMean) * b.n) / n : bMean + ((aMean - bMean) * a.n) / n;
}
