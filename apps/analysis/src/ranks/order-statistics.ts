import { runningTotals, type RankRun } from './rank-run.js';

/** Values in ascending order of which only some places are there: those that were asked for. */
export type SparseSorted = ArrayLike<number>;

/** The first numbers of the tuples of many runs together, as if they were one sorted array. */
export class PooledValues {
  private readonly runs: readonly RankRun[];
  /** How many values there are. */
  readonly length: number;
  private readonly zerosFrom: number;
  private readonly zeros: number;

  /** @param runs of tuples of one and the same width, which is not 0, and without negative counts. */
  constructor(runs: readonly RankRun[], ignoreZeros = false) {
    this.runs = runs.filter(({ counts }) => counts.length > 0);
    this.zerosFrom = ignoreZeros ? this.countBelow(0) : 0;
    this.zeros = ignoreZeros ? this.countUpTo(0) - this.zerosFrom : 0;
    this.length = this.countUpTo(Infinity) - this.zeros;
  }

  /** How many values are at most so large, zeros included. */
  countUpTo(value: number): number {
    return sum(this.runs, (run) => unitsBefore(run, firstAbove(run, value, 0, run.counts.length)));
  }

  /** The places that `sampleQuantile` reads at the given levels. */
  at(levels: readonly number[]): SparseSorted {
    const sorted: { [rank: number]: number; length: number } = { length: this.length };
    const last = this.length - 1;
    if (last < 0) return sorted;
    for (const level of levels) {
      const below = Math.floor(level * last);
      for (const rank of [below, Math.min(last, below + 1)]) {
        sorted[rank] ??= this.valueAt(rank < this.zerosFrom ? rank : rank + this.zeros);
      }
    }
    return sorted;
  }

  private countBelow(value: number): number {
    return sum(this.runs, (run) => unitsBefore(run, firstNotBelow(run, value, 0, run.counts.length)));
  }

  /** By halving the widest part of a run in which the value may still lie. */
  private valueAt(rank: number): number {
    const low = this.runs.map(() => 0);
    const high = this.runs.map(({ counts }) => counts.length);
    for (;;) {
      const pivot = this.middleOfWidest(low, high);
      if (pivot === undefined) return NaN;
      const from = this.runs.map((run, index) => firstNotBelow(run, pivot, low[index] ?? 0, high[index] ?? 0));
      const to = this.runs.map((run, index) => firstAbove(run, pivot, from[index] ?? 0, high[index] ?? 0));
      if (rank < sum(this.runs, (run, index) => unitsBefore(run, from[index] ?? 0)))
        high.splice(0, high.length, ...from);
      else if (rank < sum(this.runs, (run, index) => unitsBefore(run, to[index] ?? 0))) return pivot;
      else low.splice(0, low.length, ...to);
    }
  }

  private middleOfWidest(low: readonly number[], high: readonly number[]): number | undefined {
    let widest = 0;
    let pivot: number | undefined;
    this.runs.forEach((run, index) => {
      const from = low[index] ?? 0;
      const width = (high[index] ?? 0) - from;
      if (width <= widest) return;
      widest = width;
      pivot = firstOf(run, from + (width >>> 1));
    });
    return pivot;
  }
}

const firstOf = ({ width, values }: RankRun, tuple: number): number => values[tuple * width] ?? NaN;

const unitsBefore = (run: RankRun, tuple: number): number => (tuple === 0 ? 0 : (runningTotals(run)[tuple - 1] ?? 0));

/** First tuple of a part of a run that does not begin with a smaller number. */
function firstNotBelow(run: RankRun, value: number, from: number, to: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (firstOf(run, middle) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** First tuple of a part of a run that begins with a larger number. */
function firstAbove(run: RankRun, value: number, from: number, to: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (firstOf(run, middle) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function sum(runs: readonly RankRun[], of: (run: RankRun, index: number) => number): number {
  let total = 0;
  runs.forEach((run, index) => {
    total += of(run, index);
  });
  return total;
}
