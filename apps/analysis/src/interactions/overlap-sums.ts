import type { ScannedExperiment } from './scanned-experiment.js';

/** Sums over the units that two experiments share, for every pair of variants of different experiments at once. */
export interface OverlapSums {
  /** First of an experiment's variants among all variants. */
  readonly firstArm: readonly number[];
  /** Variants of all experiments together. */
  readonly arms: number;
  readonly experiments: readonly ExperimentSums[];
}

/** One experiment against all variants; a row per own variant, and per metric and own variant. */
export interface ExperimentSums {
  /** Units in the own and the other variant. */
  readonly units: Float64Array;
  /** Units with a value, metric by metric; the same array as `units` where every unit has one. */
  readonly counts: readonly Float64Array[];
  /** Of values minus the metric's mean, so that squares keep their digits. */
  readonly sums: readonly Float64Array[];
  readonly squares: readonly Float64Array[];
}

/**
 * Each user's value in one experiment is added to the cells of all variants that the user is in: users × (experiments of a
 * user)² × metrics additions. Experiment by experiment, so that the cells that are added to stay close to the processor.
 */
export function overlapSums(experiments: readonly ScannedExperiment[]): OverlapSums {
  const firstArm: number[] = [];
  let arms = 0;
  for (const { variants } of experiments) {
    firstArm.push(arms);
    arms += variants.length;
  }
  const presence = presenceOf(experiments, firstArm);
  return { firstArm, arms, experiments: experiments.map((each, index) => sumsOf(each, index, presence, arms)) };
}

/** Which variants every user is in: those of user `u` are `columns[starts[u]] … columns[starts[u + 1] - 1]`. */
interface Presence {
  /** Number of the user of each unit, experiment by experiment. */
  readonly users: readonly Int32Array[];
  readonly starts: Int32Array;
  readonly columns: Int32Array;
}

function presenceOf(experiments: readonly ScannedExperiment[], firstArm: readonly number[]): Presence {
  const numbers = new Map<number, number>();
  const users = experiments.map(({ users: keys }) => {
    const numbered = new Int32Array(keys.length);
    for (let unit = 0; unit < keys.length; unit += 1) {
      const key = keys[unit] ?? 0;
      let number = numbers.get(key);
      if (number === undefined) {
        number = numbers.size;
        numbers.set(key, number);
      }
      numbered[unit] = number;
    }
    return numbered;
  });
  const starts = new Int32Array(numbers.size + 1);
  for (const units of users) for (const user of units) starts[user + 1] = (starts[user + 1] ?? 0) + 1;
  for (let user = 0; user < numbers.size; user += 1) starts[user + 1] = (starts[user + 1] ?? 0) + (starts[user] ?? 0);
  const next = starts.slice();
  const columns = new Int32Array(starts.at(-1) ?? 0);
  users.forEach((units, experiment) => {
    const { arms } = experiments[experiment] ?? { arms: new Uint8Array(0) };
    const first = firstArm[experiment] ?? 0;
    for (let unit = 0; unit < units.length; unit += 1) {
      const user = units[unit] ?? 0;
      const at = next[user] ?? 0;
      columns[at] = first + (arms[unit] ?? 0);
      next[user] = at + 1;
    }
  });
  return { users, starts, columns };
}

function sumsOf(experiment: ScannedExperiment, index: number, presence: Presence, arms: number): ExperimentSums {
  const { variants, values } = experiment;
  const cells = (): Float64Array => new Float64Array(variants.length * arms);
  const units = cells();
  addOnes(units, experiment, index, presence, arms, null);
  const counts = values.map((column) => {
    if (!column.some(Number.isNaN)) return units;
    const counted = cells();
    addOnes(counted, experiment, index, presence, arms, column);
    return counted;
  });
  const sums = values.map(cells);
  const squares = values.map(cells);
  values.forEach((column, metric) => {
    addValues(sums[metric] ?? cells(), squares[metric] ?? cells(), column, experiment, index, presence, arms);
  });
  return { units, counts, sums, squares };
}

/** Counts units, or those that have a value. */
function addOnes(
  into: Float64Array,
  { arms: own }: ScannedExperiment,
  index: number,
  { users, starts, columns }: Presence,
  arms: number,
  column: Float64Array | null,
): void {
  const units = users[index] ?? new Int32Array(0);
  for (let unit = 0; unit < units.length; unit += 1) {
    if (column !== null && Number.isNaN(column[unit])) continue;
    const user = units[unit] ?? 0;
    const base = (own[unit] ?? 0) * arms;
    const end = starts[user + 1] ?? 0;
    for (let at = starts[user] ?? 0; at < end; at += 1) {
      const cell = base + (columns[at] ?? 0);
      into[cell] = (into[cell] ?? 0) + 1;
    }
  }
}

function addValues(
  sums: Float64Array,
  squares: Float64Array,
  column: Float64Array,
  { arms: own }: ScannedExperiment,
  index: number,
  { users, starts, columns }: Presence,
  arms: number,
): void {
  const units = users[index] ?? new Int32Array(0);
  const mean = meanOf(column);
  for (let unit = 0; unit < units.length; unit += 1) {
    const value = (column[unit] ?? 0) - mean;
    if (Number.isNaN(value)) continue;
    const square = value * value;
    const user = units[unit] ?? 0;
    const base = (own[unit] ?? 0) * arms;
    const end = starts[user + 1] ?? 0;
    for (let at = starts[user] ?? 0; at < end; at += 1) {
      const cell = base + (columns[at] ?? 0);
      sums[cell] = (sums[cell] ?? 0) + value;
      squares[cell] = (squares[cell] ?? 0) + square;
    }
  }
}

function meanOf(column: Float64Array): number {
  let [sum, count] = [0, 0];
  for (const value of column) {
    if (Number.isNaN(value)) continue;
    sum += value;
    count += 1;
  }
  return count === 0 ? 0 : sum / count;
}
