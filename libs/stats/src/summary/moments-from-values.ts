import { freezeMoments, type Moments } from './moments.js';

/**
 * Moments of `k` columns of equal length, in two passes: the mean first, then the deviations, with the correction for
 * what rounding left in the mean (Chan, Golub & LeVeque 1983).
 *
 * @throws RangeError when the columns differ in length.
 */
export function momentsFromValues(columns: readonly ArrayLike<number>[]): Moments {
  const n = columns[0]?.length ?? 0;
  if (columns.some((column) => column.length !== n)) throw new RangeError('columns must have the same length');
  const means = columns.map((column) => (n > 0 ? meanOfColumn(column) : 0));
  const products: number[] = [];
  columns.forEach((left, i) => {
    for (let j = i; j < columns.length; j++) {
      products.push(centredProduct(left, means[i] ?? NaN, columns[j] ?? [], means[j] ?? NaN));
    }
  });
  return freezeMoments(n, means, products);
}

/** Mean about the first value, so that a large common offset costs no digits. */
function meanOfColumn(column: ArrayLike<number>): number {
  const origin = column[0] ?? 0;
  let sum = 0;
  for (let i = 0; i < column.length; i++) sum += (column[i] ?? NaN) - origin;
  return origin + sum / column.length;
}

function centredProduct(
  left: ArrayLike<number>,
  leftMean: number,
  right: ArrayLike<number>,
  rightMean: number,
): number {
  let sum = 0;
  let leftRest = 0;
  let rightRest = 0;
  for (let i = 0; i < left.length; i++) {
    const a = (left[i] ?? NaN) - leftMean;
    const b = (right[i] ?? NaN) - rightMean;
    sum += a * b;
    leftRest += a;
    rightRest += b;
  }
  return left.length > 0 ? sum - (leftRest * rightRest) / left.length : 0;
}
