/** A stretch this short is sorted. */
const SHORT = 600;

/**
 * Puts the order statistics that `sampleQuantile` reads at the given levels where a sort would put them, and all other values
 * on the right sides of them: linear in the number of values where a sort is not. Hoare's FIND (1961) with the median of nine
 * as the pivot; a stretch that does not shrink as it should is sorted, so that no input takes longer than a sort does.
 *
 * @param values changed in place; no NaN among them.
 * @param levels within [0, 1].
 */
export function putRanks(values: Float64Array, levels: readonly number[]): void {
  const last = values.length - 1;
  const ranks = levels.flatMap((level) => {
    const below = Math.floor(level * last);
    return [below, Math.min(last, below + 1)];
  });
  let from = 0;
  for (const rank of ranks.sort((a, b) => a - b)) {
    if (rank < from) continue;
    putRank(values, rank, from);
    // What is left of it stays there: the next rank lies to the right.
    from = rank + 1;
  }
}

function putRank(values: Float64Array, rank: number, from: number): void {
  let left = from;
  let right = values.length - 1;
  for (let rounds = 0; right - left > SHORT; rounds += 1) {
    if (rounds > 64) break;
    const [below, above] = partition(values, left, right);
    if (rank <= below) right = below;
    else if (rank >= above) left = above;
    else return;
  }
  values.subarray(left, right + 1).sort();
}

/** Afterwards `left … below` are at most the pivot, `above … right` at least, and what lies between equals it. */
function partition(values: Float64Array, left: number, right: number): [number, number] {
  const pivot = pivotOf(values, left, right);
  let low = left;
  let high = right;
  while (low <= high) {
    while ((values[low] ?? NaN) < pivot) low += 1;
    while ((values[high] ?? NaN) > pivot) high -= 1;
    if (low > high) break;
    const moved = values[low] ?? NaN;
    values[low] = values[high] ?? NaN;
    values[high] = moved;
    low += 1;
    high -= 1;
  }
  return [high, low];
}

function pivotOf(values: Float64Array, left: number, right: number): number {
  const step = (right - left) / 8;
  return (
    Float64Array.from({ length: 9 }, (_, index) => values[Math.floor(left + index * step)] ?? NaN).sort()[4] ?? NaN
  );
}
