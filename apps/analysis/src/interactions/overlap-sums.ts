import type { ScannedExperiment } from './scanned-experiment.js';
import { variantBlocks, type VariantBlock } from './variant-blocks.js';

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
 * Each unit of an experiment is added once for each block of experiments, to the cell of the combination of variants that its
 * user is in; the cells of a block then become those of its variants. So a scan costs units × blocks × metrics additions
 * instead of units × experiments × metrics.
 */
export function overlapSums(experiments: readonly ScannedExperiment[]): OverlapSums {
  const firstArm: number[] = [];
  let arms = 0;
  for (const { variants } of experiments) {
    firstArm.push(arms);
    arms += variants.length;
  }
  const { users, count } = numberedUsers(experiments);
  const blocks = variantBlocks(experiments, firstArm, users, count);
  const sums = experiments.map((each, index) => sumsOf(each, users[index] ?? new Int32Array(0), blocks, arms));
  return { firstArm, arms, experiments: sums };
}

/** Users as numbers from 0 on, unit by unit. */
function numberedUsers(experiments: readonly ScannedExperiment[]): {
  readonly users: readonly Int32Array[];
  readonly count: number;
} {
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
  return { users, count: numbers.size };
}

function sumsOf(
  experiment: ScannedExperiment,
  users: Int32Array,
  blocks: readonly VariantBlock[],
  arms: number,
): ExperimentSums {
  const { variants, values } = experiment;
  const records = recordsOf(values, users.length);
  const cells = new Float64Array(variants.length * arms * records.width);
  for (const block of blocks) addBlock(cells, experiment, users, block, arms, records);
  const column = (place: number): Float64Array =>
    Float64Array.from({ length: variants.length * arms }, (_, cell) => cells[cell * records.width + place] ?? 0);
  const units = column(0);
  return {
    units,
    counts: records.places.map(({ count }) => (count === 0 ? units : column(count))),
    sums: records.places.map(({ value }) => column(value)),
    squares: records.places.map(({ value }) => column(value + 1)),
  };
}

/** What is summed, unit after unit: a one, and for each metric its value and the square of that, and whether it has one. */
interface Records {
  readonly width: number;
  readonly numbers: Float64Array;
  /** Where a metric's numbers lie in a record: the square behind the value; its own count only if a unit has no value. */
  readonly places: readonly { readonly value: number; readonly count: number }[];
}

function recordsOf(values: readonly Float64Array[], units: number): Records {
  let width = 1;
  const places = values.map((column) => {
    const value = width;
    const isSparse = column.some(Number.isNaN);
    width += isSparse ? 3 : 2;
    return { value, count: isSparse ? value + 2 : 0 };
  });
  const numbers = new Float64Array(units * width);
  for (let at = 0; at < numbers.length; at += width) numbers[at] = 1;
  values.forEach((column, metric) => {
    const { value: place, count } = places[metric] ?? { value: 0, count: 0 };
    const mean = meanOf(column);
    for (let unit = 0; unit < units; unit += 1) {
      const deviation = (column[unit] ?? NaN) - mean;
      if (Number.isNaN(deviation)) continue;
      numbers[unit * width + place] = deviation;
      numbers[unit * width + place + 1] = deviation * deviation;
      if (count > 0) numbers[unit * width + count] = 1;
    }
  });
  return { width, numbers, places };
}

function addBlock(
  cells: Float64Array,
  { arms: own, variants }: ScannedExperiment,
  users: Int32Array,
  { combinations, ofUser }: VariantBlock,
  arms: number,
  { width, numbers }: Records,
): void {
  const sums = new Float64Array(variants.length * combinations.length * width);
  for (let unit = 0; unit < users.length; unit += 1) {
    const combination = ofUser[users[unit] ?? 0] ?? 0;
    if (combination === 0) continue;
    const from = unit * width;
    const to = ((own[unit] ?? 0) * combinations.length + combination) * width;
    for (let at = 0; at < width; at += 1) sums[to + at] = (sums[to + at] ?? 0) + (numbers[from + at] ?? 0);
  }
  for (let variant = 0; variant < variants.length; variant += 1) {
    combinations.forEach((columns, combination) => {
      const from = (variant * combinations.length + combination) * width;
      if (sums[from] === 0) return;
      for (const column of columns) {
        const to = (variant * arms + column) * width;
        for (let at = 0; at < width; at += 1) cells[to + at] = (cells[to + at] ?? 0) + (sums[from + at] ?? 0);
      }
    });
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
