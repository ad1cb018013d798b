/**
 * Hommel's adjusted p-values for p-values in ascending order (Hommel 1988, by the recursion of Wright 1992): the closed
 * test built on Simes. `O(m²)`.
 *
 * @param sorted - ascending p-values in [0, 1].
 * @returns adjusted p-values in the same order.
 */
export function hommelAdjusted(sorted: Float64Array): Float64Array {
  const m = sorted.length;
  let simes = Infinity;
  for (let i = 0; i < m; i++) simes = Math.min(simes, (m * at(sorted, i)) / (i + 1));
  const adjusted = new Float64Array(m).fill(simes);
  for (let size = m - 1; size >= 2; size--) {
    const split = m - size; // the last `size - 1` p-values are those after index `split`
    let tail = Infinity;
    for (let j = 2; j <= size; j++) tail = Math.min(tail, (size * at(sorted, split + j - 1)) / j);
    for (let i = 0; i <= split; i++) raise(adjusted, i, Math.min(size * at(sorted, i), tail));
    const last = Math.min(size * at(sorted, split), tail);
    for (let i = split + 1; i < m; i++) raise(adjusted, i, last);
  }
  for (let i = 0; i < m; i++) raise(adjusted, i, at(sorted, i));
  return adjusted;
}

function raise(values: Float64Array, index: number, candidate: number): void {
  if (candidate > at(values, index)) values[index] = candidate;
}

function at(values: Float64Array, index: number): number {
  return values[index] ?? NaN;
}
