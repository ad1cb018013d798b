/**
 * Tuples of units in ascending order, each once, with how many units have it. In what a batch changes the number may be
 * negative: so many have it no more. A tuple is what a metric knows of a unit: its quantities, the outcome first; or the values
 * of its events in ascending order, where events are ranked.
 */
export interface RankRun {
  /** Numbers of each tuple; 0: each has as many as `ends` says. */
  readonly width: number;
  readonly counts: Int32Array;
  /** Behind the last number of each tuple; empty unless `width` is 0. */
  readonly ends: Uint32Array;
  /** Tuple after tuple. */
  readonly values: Float64Array;
}

/** Runs of one experiment in one shard by `rankKey`. None of them is empty. */
export type RankSet = ReadonlyMap<string, RankRun>;

/** Which metric, by its place among the metrics of the plan, and which variant a run is of. */
export const rankKey = (metric: number, variantId: string): string => `${metric}/${variantId}`;

/** What `rankKey` was made from. */
export function readRankKey(key: string): { readonly metric: number; readonly variantId: string } {
  const slash = key.indexOf('/');
  return { metric: Number(key.slice(0, slash)), variantId: key.slice(slash + 1) };
}

export const emptyRun = (width: number): RankRun => ({
  width,
  counts: new Int32Array(0),
  ends: new Uint32Array(0),
  values: new Float64Array(0),
});

/** Where a tuple's numbers begin. */
export function startOf({ width, ends }: RankRun, tuple: number): number {
  if (width > 0) return width * tuple;
  return tuple === 0 ? 0 : (ends[tuple - 1] ?? 0);
}

/** Below 0 when the tuple `i` of `a` comes first, 0 when it is the tuple `j` of `b`. Shorter ones come first. */
export function compareTuples(a: RankRun, i: number, b: RankRun, j: number): number {
  const left = startOf(a, i);
  const right = startOf(b, j);
  const length = startOf(a, i + 1) - left;
  const other = startOf(b, j + 1) - right;
  if (length !== other) return length - other;
  for (let at = 0; at < length; at += 1) {
    const x = a.values[left + at] ?? 0;
    const y = b.values[right + at] ?? 0;
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

/** First place in `run`, from `from` on, whose tuple does not come before the tuple `j` of `other`. */
export function lowerBound(run: RankRun, from: number, other: RankRun, j: number): number {
  // In growing steps at first: the place is often near.
  let low = from;
  let step = 1;
  while (low + step <= run.counts.length && compareTuples(run, low + step - 1, other, j) < 0) {
    low += step;
    step *= 2;
  }
  let high = Math.min(run.counts.length, low + step - 1);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareTuples(run, middle, other, j) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

const totals = new WeakMap<RankRun, Uint32Array>();

/** Units of the first tuple, of the first two, … of a run without negative counts; kept beside the run. */
export function runningTotals(run: RankRun): Uint32Array {
  const held = totals.get(run);
  if (held !== undefined) return held;
  const made = new Uint32Array(run.counts.length);
  let sum = 0;
  for (let tuple = 0; tuple < made.length; tuple += 1) {
    sum += run.counts[tuple] ?? 0;
    made[tuple] = sum;
  }
  totals.set(run, made);
  return made;
}

/** How many units there are. */
export const unitsOf = (run: RankRun): number => runningTotals(run).at(-1) ?? 0;

/** The same tuples, taken away instead of added. */
export const negated = (run: RankRun): RankRun => ({ ...run, counts: run.counts.map((count) => -count) });
