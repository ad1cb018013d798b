/** Pivots below this share of their variable's own scale are rounding: the variables are collinear. */
const COLLINEAR = 1e-11;

/**
 * Solves `A x = b` for a symmetric positive definite `A` by Cholesky's method.
 *
 * @returns `null` when a variable is, up to rounding, a linear combination of the ones before it.
 */
export function solveSymmetric(a: readonly (readonly number[])[], b: readonly number[]): number[] | null {
  const size = b.length;
  const lower: number[][] = [];
  const at = (row: number, column: number): number => lower[row]?.[column] ?? 0;
  for (let i = 0; i < size; i++) {
    const row: number[] = [];
    lower.push(row);
    for (let j = 0; j <= i; j++) {
      let rest = a[i]?.[j] ?? NaN;
      for (let k = 0; k < j; k++) rest -= at(i, k) * at(j, k);
      if (i !== j) row.push(rest / at(j, j));
      else if (!(rest > COLLINEAR * (a[i]?.[i] ?? NaN))) return null;
      else row.push(Math.sqrt(rest));
    }
  }
  const forward: number[] = [];
  for (let i = 0; i < size; i++) {
    const known = forward.reduce((sum, value, k) => sum + at(i, k) * value, 0);
    forward.push(((b[i] ?? NaN) - known) / at(i, i));
  }
  const solution = new Array<number>(size).fill(0);
  for (let i = size - 1; i >= 0; i--) {
    let rest = forward[i] ?? NaN;
    for (let k = i + 1; k < size; k++) rest -= at(k, i) * (solution[k] ?? NaN);
    solution[i] = rest / at(i, i);
  }
  return solution;
}
