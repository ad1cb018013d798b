/**
 * Quantile of sorted values by linear interpolation between order statistics: SQL's PERCENTILE_CONT, type 7 of Hyndman &
 * Fan (1996), the default of R and numpy. `NaN` without values or for a level outside of [0, 1].
 *
 * @param sorted ascending.
 */
export function sampleQuantile(sorted: ArrayLike<number>, level: number): number {
  if (sorted.length === 0 || !(level >= 0 && level <= 1)) return NaN;
  const position = level * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] ?? NaN;
  const high = sorted[Math.min(sorted.length - 1, below + 1)] ?? NaN;
  const fraction = position - below;
  // Two forms, so that equal neighbours give exactly their value and the result never leaves them.
  return fraction < 0.5 ? low + (high - low) * fraction : high - (high - low) * (1 - fraction);
}

/** Values as a sorted array of their own. */
export function sortedValues(values: Iterable<number>): Float64Array {
  return Float64Array.from(values).sort();
}
