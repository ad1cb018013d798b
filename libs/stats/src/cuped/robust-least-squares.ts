/** A least-squares fit with standard errors that allow each unit its own variance. */
export interface RobustFit {
  readonly coefficients: readonly number[];
  /** MacKinnon & White's HC2: squared residuals over `1 - h`. Unbiased under equal variances. */
  readonly standardErrorsHc2: readonly number[];
  /** HC3: over `(1 - h)²`, close to the jackknife. */
  readonly standardErrorsHc3: readonly number[];
}

/** A column whose part outside of the columns before it is this small is rounding. */
const COLLINEAR = 1e-10;

/**
 * Ordinary least squares with heteroscedasticity-consistent errors (MacKinnon & White 1985), by orthogonalising the
 * columns (modified Gram-Schmidt, twice), which needs no normal equations and gives the leverages for free.
 *
 * @param columns the design, one array of n values per coefficient.
 * @returns `null` when a column is a linear combination of the ones before it.
 */
export function robustLeastSquares(columns: readonly Float64Array[], y: Float64Array): RobustFit | null {
  const basis = orthogonalise(columns);
  if (basis === null) return null;
  const { q, r } = basis;
  const projections = q.map((column) => dot(column, y));
  const residuals = Float64Array.from(y);
  q.forEach((column, j) => subtract(residuals, column, projections[j] ?? NaN));
  const leverage = new Float64Array(y.length);
  for (const column of q) column.forEach((value, i) => (leverage[i] = (leverage[i] ?? 0) + value * value));
  const inverse = invertUpper(r);
  const errors = (power: number): number[] => {
    const weights = residuals.map((residual, i) => residual ** 2 / (1 - (leverage[i] ?? 0)) ** power);
    return inverse.map((row) => Math.sqrt(sandwich(row, q, weights)));
  };
  const coefficients = inverse.map((row) => row.reduce((sum, value, k) => sum + value * (projections[k] ?? NaN), 0));
  return { coefficients, standardErrorsHc2: errors(1), standardErrorsHc3: errors(2) };
}

/** `Q R` of the design; rows of `r` are upper triangular. */
function orthogonalise(columns: readonly Float64Array[]): { q: Float64Array[]; r: number[][] } | null {
  const q: Float64Array[] = [];
  const r: number[][] = columns.map(() => new Array<number>(columns.length).fill(0));
  for (const [j, column] of columns.entries()) {
    const rest = Float64Array.from(column);
    const size = Math.sqrt(dot(rest, rest));
    // A second pass removes what rounding left of the earlier columns.
    for (let pass = 0; pass < 2; pass++) {
      q.forEach((earlier, i) => {
        const shared = dot(earlier, rest);
        subtract(rest, earlier, shared);
        const row = r[i];
        if (row) row[j] = (row[j] ?? 0) + shared;
      });
    }
    const length = Math.sqrt(dot(rest, rest));
    if (!(length > COLLINEAR * size)) return null;
    const row = r[j];
    if (row) row[j] = length;
    q.push(rest.map((value) => value / length));
  }
  return { q, r };
}

function invertUpper(r: readonly (readonly number[])[]): number[][] {
  const size = r.length;
  const inverse = r.map(() => new Array<number>(size).fill(0));
  for (let j = 0; j < size; j++) {
    for (let i = j; i >= 0; i--) {
      let rest = i === j ? 1 : 0;
      for (let k = i + 1; k <= j; k++) rest -= (r[i]?.[k] ?? NaN) * (inverse[k]?.[j] ?? NaN);
      const row = inverse[i];
      if (row) row[j] = rest / (r[i]?.[i] ?? NaN);
    }
  }
  return inverse;
}

/** `Σ_i w_i (row · q_i)²`: the variance of one coefficient. */
function sandwich(row: readonly number[], q: readonly Float64Array[], weights: Float64Array): number {
  return weights.reduce((sum, weight, i) => {
    const influence = row.reduce((part, value, k) => part + value * (q[k]?.[i] ?? NaN), 0);
    return sum + weight * influence ** 2;
  }, 0);
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? NaN), 0);
}

function subtract(from: Float64Array, column: Float64Array, factor: number): void {
  column.forEach((value, i) => (from[i] = (from[i] ?? NaN) - factor * value));
}
