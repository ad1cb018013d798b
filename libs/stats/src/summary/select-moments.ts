import { freezeMoments, productOf, type Moments } from './moments.js';

/** The moments of some of the variables, in the order asked for. */
export function selectMoments(moments: Moments, variables: readonly number[]): Moments {
  const products: number[] = [];
  variables.forEach((i, at) => {
    for (const j of variables.slice(at)) products.push(productOf(moments, i, j));
  });
  return freezeMoments(
    moments.n,
    variables.map((i) => moments.means[i] ?? NaN),
    products,
  );
}
