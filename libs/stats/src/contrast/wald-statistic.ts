/**
 * `d' V⁻¹ d` by the Cholesky factor of `V`: chi-square with as many degrees of freedom as entries when `d` is normal
 * with mean 0 and covariance `V`.
 *
 * @param covariance - symmetric, row by row; only the lower triangle is read.
 * @returns `NaN` when `V` is not positive definite.
 */
export function waldStatistic(deviations: readonly number[], covariance: readonly (readonly number[])[]): number {
  const size = deviations.length;
  const factor: number[][] = [];
  const scaled: number[] = [];
  let statistic = 0;
  for (let i = 0; i < size; i++) {
    const row: number[] = [];
    for (let j = 0; j < i; j++) {
      let value = covariance[i]?.[j] ?? NaN;
      for (let k = 0; k < j; k++) value -= (row[k] ?? 0) * (factor[j]?.[k] ?? 0);
      row.push(value / (factor[j]?.[j] ?? NaN));
    }
    let pivot = covariance[i]?.[i] ?? NaN;
    let residual = deviations[i] ?? NaN;
    for (let k = 0; k < i; k++) {
      pivot -= (row[k] ?? 0) ** 2;
      residual -= (row[k] ?? 0) * (scaled[k] ?? 0);
    }
    if (!(pivot > 0)) return NaN;
    row.push(Math.sqrt(pivot));
    factor.push(row);
    const solved = residual / Math.sqrt(pivot);
    scaled.push(solved);
    statistic += solved * solved;
  }
  return statistic;
}
