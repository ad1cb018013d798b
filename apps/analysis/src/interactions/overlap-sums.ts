import type { ScannedExperiment } from './scanned-experiment.js';

/** Sums over the units that two experiments share, for every pair of variants of different experiments at once. */
export interface OverlapSums {
  /** First of an experiment's variants among all variants. */
  readonly firstArm: readonly number[];
  readonly arms: number;
  /** `arms × arms`: units that are in both variants. */
  readonly units: Float64Array;
  /** Row of a metric in a variant: `row(experiment, metric, arm)`; one column per variant of any experiment. */
  readonly row: (experiment: number, metric: number, arm: number) => number;
  readonly counts: Float64Array;
  /** Of values minus the metric's mean, so that squares keep their digits. */
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

/**
 * One pass over the users: each user's value in one experiment is added to the cells of all variants that the user is in. Its
 * cost is users × (experiments of a user)² × metrics, in flat arrays.
 */
export function overlapSums(experiments: readonly ScannedExperiment[]): OverlapSums {
  const firstArm: number[] = [];
  const firstRow: number[] = [];
  let arms = 0;
  let rows = 0;
  for (const { variants, metrics } of experiments) {
    firstArm.push(arms);
    firstRow.push(rows);
    arms += variants.length;
    rows += variants.length * metrics.length;
  }
  const row = (experiment: number, metric: number, arm: number): number =>
    (firstRow[experiment] ?? 0) + metric * (experiments[experiment]?.variants.length ?? 0) + arm;
  const sums: OverlapSums = {
    firstArm,
    arms,
    row,
    units: new Float64Array(arms * arms),
    counts: new Float64Array(rows * arms),
    sums: new Float64Array(rows * arms),
    squares: new Float64Array(rows * arms),
  };
  const means = experiments.map(metricMeans);
  eachUser(experiments, (entries, length) => addUser(experiments, sums, means, entries, length));
  return sums;
}

/** Where a user is found: experiment and unit, in pairs. */
type Entries = Int32Array;

function addUser(
  experiments: readonly ScannedExperiment[],
  into: OverlapSums,
  means: readonly Float64Array[],
  entries: Entries,
  length: number,
): void {
  const columns = columnsOf(experiments, into, entries, length);
  for (let at = 0; at < length; at += 1) {
    const index = entries[2 * at] ?? 0;
    const unit = entries[2 * at + 1] ?? 0;
    const experiment = experiments[index];
    if (experiment === undefined) continue;
    const own = (columns[at] ?? 0) * into.arms;
    for (let other = 0; other < length; other += 1) addOne(into.units, own + (columns[other] ?? 0));
    const { metrics, values, arms } = experiment;
    for (let metric = 0; metric < metrics.length; metric += 1) {
      const value = (values[metric]?.[unit] ?? NaN) - (means[index]?.[metric] ?? 0);
      if (value !== value) continue;
      const base = into.row(index, metric, arms[unit] ?? 0) * into.arms;
      addValue(into, base, columns, length, value);
    }
  }
}

function addValue(
  { counts, sums, squares }: OverlapSums,
  base: number,
  columns: Int32Array,
  length: number,
  value: number,
): void {
  const square = value * value;
  for (let other = 0; other < length; other += 1) {
    const cell = base + (columns[other] ?? 0);
    counts[cell] = (counts[cell] ?? 0) + 1;
    sums[cell] = (sums[cell] ?? 0) + value;
    squares[cell] = (squares[cell] ?? 0) + square;
  }
}

const addOne = (counts: Float64Array, cell: number): void => {
  counts[cell] = (counts[cell] ?? 0) + 1;
};

/** More experiments than this of one user at once do not fit; `scanInteractions` takes fewer. */
export const MOST_EXPERIMENTS = 4_096;
const columnBuffer = new Int32Array(MOST_EXPERIMENTS);

function columnsOf(
  experiments: readonly ScannedExperiment[],
  into: OverlapSums,
  entries: Entries,
  length: number,
): Int32Array {
  for (let at = 0; at < length; at += 1) {
    const index = entries[2 * at] ?? 0;
    columnBuffer[at] = (into.firstArm[index] ?? 0) + (experiments[index]?.arms[entries[2 * at + 1] ?? 0] ?? 0);
  }
  return columnBuffer;
}

function metricMeans({ values }: ScannedExperiment): Float64Array {
  return Float64Array.from(values, (column) => {
    let [sum, count] = [0, 0];
    for (const value of column) {
      if (Number.isNaN(value)) continue;
      sum += value;
      count += 1;
    }
    return count === 0 ? 0 : sum / count;
  });
}

/** Calls back with every user that is in more than one experiment. */
function eachUser(experiments: readonly ScannedExperiment[], visit: (entries: Entries, length: number) => void): void {
  const numbers = new Map<number, number>();
  const found = experiments.map(({ users }) =>
    Int32Array.from(users, (user) => {
      let number = numbers.get(user);
      if (number === undefined) numbers.set(user, (number = numbers.size));
      return number;
    }),
  );
  const starts = new Int32Array(numbers.size + 1);
  for (const units of found) for (const user of units) starts[user + 1] = (starts[user + 1] ?? 0) + 1;
  for (let user = 0; user < numbers.size; user += 1) starts[user + 1] = (starts[user + 1] ?? 0) + (starts[user] ?? 0);
  const next = starts.slice();
  const entries = new Int32Array(2 * (starts.at(-1) ?? 0));
  found.forEach((units, experiment) => {
    units.forEach((user, unit) => {
      const at = next[user] ?? 0;
      next[user] = at + 1;
      entries[2 * at] = experiment;
      entries[2 * at + 1] = unit;
    });
  });
  for (let user = 0; user < numbers.size; user += 1) {
    const [start, end] = [starts[user] ?? 0, starts[user + 1] ?? 0];
    if (end - start > 1) visit(entries.subarray(2 * start, 2 * end), end - start);
  }
}
