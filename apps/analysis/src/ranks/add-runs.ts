import { compareTuples, emptyRun, lowerBound, startOf, type RankRun, type RankSet } from './rank-run.js';

/**
 * Both together: equal tuples become one, and one that is added and taken away equally often is gone. What lies between the
 * tuples of the smaller run is copied as it is, so that a few changes to a long run cost little more than its copy.
 */
export function addRuns(a: RankRun, b: RankRun): RankRun {
  if (a.width !== b.width) throw new Error(`runs of ${a.width} and of ${b.width} numbers cannot be added`);
  const [long, short] = a.counts.length >= b.counts.length ? [a, b] : [b, a];
  const places = placesOf(long, short);
  const sum = roomFor(long, short, places);
  const writer = new RunWriter(sum);
  let copied = 0;
  for (let tuple = 0; tuple < short.counts.length; tuple += 1) {
    const place = places[tuple] ?? 0;
    writer.copy(long, copied, place);
    copied = place;
    const count = short.counts[tuple] ?? 0;
    if (!isAt(long, place, short, tuple)) writer.put(short, tuple, count);
    else {
      writer.put(long, place, count + (long.counts[place] ?? 0));
      copied += 1;
    }
  }
  writer.copy(long, copied, long.counts.length);
  return sum;
}

/** Metric by metric and variant by variant; what comes to nothing is left out. */
export function addSets(sets: Iterable<RankSet>): RankSet {
  const sum = new Map<string, RankRun>();
  for (const set of sets) {
    for (const [key, run] of set) {
      const held = sum.get(key);
      const both = held === undefined ? run : addRuns(held, run);
      if (both.counts.length > 0) sum.set(key, both);
      else sum.delete(key);
    }
  }
  return sum;
}

/**
 * Sets without negative counts, from sets of shards: those of a shard have one only where a unit has come over from another
 * shard (the log was given more partitions), and what it had is still counted there. Then all become one.
 */
export function settledSets(shards: readonly RankSet[]): readonly RankSet[] {
  return shards.every((set) => [...set.values()].every(isSettled)) ? shards : [addSets(shards)];
}

/** Runs that were looked through: they do not change. */
const settled = new WeakSet<RankRun>();

function isSettled(run: RankRun): boolean {
  if (settled.has(run)) return true;
  const { counts } = run;
  for (let tuple = 0; tuple < counts.length; tuple += 1) if ((counts[tuple] ?? 0) < 0) return false;
  settled.add(run);
  return true;
}

function placesOf(long: RankRun, short: RankRun): Uint32Array {
  const places = new Uint32Array(short.counts.length);
  let from = 0;
  for (let tuple = 0; tuple < places.length; tuple += 1) {
    from = lowerBound(long, from, short, tuple);
    places[tuple] = from;
  }
  return places;
}

const isAt = (long: RankRun, place: number, short: RankRun, tuple: number): boolean =>
  place < long.counts.length && compareTuples(long, place, short, tuple) === 0;

/** An empty run as long as the sum will be. */
function roomFor(long: RankRun, short: RankRun, places: Uint32Array): RankRun {
  let tuples = long.counts.length;
  let numbers = long.values.length;
  for (let tuple = 0; tuple < places.length; tuple += 1) {
    const length = startOf(short, tuple + 1) - startOf(short, tuple);
    const place = places[tuple] ?? 0;
    let change = 1;
    if (isAt(long, place, short, tuple)) {
      change = (long.counts[place] ?? 0) + (short.counts[tuple] ?? 0) === 0 ? -1 : 0;
    }
    tuples += change;
    numbers += change * length;
  }
  if (tuples === 0) return emptyRun(long.width);
  return {
    width: long.width,
    counts: new Int32Array(tuples),
    ends: new Uint32Array(long.width === 0 ? tuples : 0),
    values: new Float64Array(numbers),
  };
}

/** Writes a run from its first tuple to its last. */
class RunWriter {
  private tuples = 0;
  private numbers = 0;

  constructor(private readonly into: RankRun) {}

  copy(run: RankRun, from: number, to: number): void {
    if (from === to) return;
    const start = startOf(run, from);
    const end = startOf(run, to);
    const shift = this.numbers - start;
    this.into.values.set(run.values.subarray(start, end), this.numbers);
    this.into.counts.set(run.counts.subarray(from, to), this.tuples);
    if (run.width === 0) {
      for (let tuple = from; tuple < to; tuple += 1) {
        this.into.ends[this.tuples + tuple - from] = (run.ends[tuple] ?? 0) + shift;
      }
    }
    this.tuples += to - from;
    this.numbers += end - start;
  }

  /** One tuple with a count of its own; none when that is 0. */
  put(run: RankRun, tuple: number, count: number): void {
    if (count === 0) return;
    this.copy(run, tuple, tuple + 1);
    this.into.counts[this.tuples - 1] = count;
  }
}
