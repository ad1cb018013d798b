/** Indices of `values` from the smallest to the largest; equal values keep their order. */
export function sortAscending(values: readonly number[]): number[] {
  return Array.from(values, (_value, index) => index).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
}
