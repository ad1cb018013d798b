import { compareTuples, startOf, type RankRun } from './rank-run.js';

/**
 * Puts tuples that come in any order, some of them several times, into a run. What is added and taken away equally often is
 * left out.
 */
export function sortedRun(unsorted: RankRun): RankRun {
  const order = Uint32Array.from(unsorted.counts, (_, tuple) => tuple);
  order.sort((a, b) => compareTuples(unsorted, a, unsorted, b));
  const tuples: number[] = [];
  const counts: number[] = [];
  for (let at = 0; at < order.length;) {
    const tuple = order[at] ?? 0;
    let count = 0;
    for (; at < order.length && compareTuples(unsorted, tuple, unsorted, order[at] ?? 0) === 0; at += 1) {
      count += unsorted.counts[order[at] ?? 0] ?? 0;
    }
    if (count === 0) continue;
    tuples.push(tuple);
    counts.push(count);
  }
  return picked(unsorted, tuples, counts);
}

function picked(from: RankRun, tuples: readonly number[], counts: readonly number[]): RankRun {
  const ends = new Uint32Array(from.width === 0 ? tuples.length : 0);
  const lengths = tuples.map((tuple) => startOf(from, tuple + 1) - startOf(from, tuple));
  const values = new Float64Array(lengths.reduce((sum, length) => sum + length, 0));
  let used = 0;
  tuples.forEach((tuple, index) => {
    const start = startOf(from, tuple);
    const length = lengths[index] ?? 0;
    for (let at = 0; at < length; at += 1) values[used + at] = from.values[start + at] ?? 0;
    used += length;
    if (from.width === 0) ends[index] = used;
  });
  return { width: from.width, counts: Int32Array.from(counts), ends, values };
}
