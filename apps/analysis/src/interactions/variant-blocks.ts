import type { ScannedExperiment } from './scanned-experiment.js';

/** Combinations of a block: so few that the sums of all of them stay close to the processor. */
const MOST_COMBINATIONS = 256;

/** Some experiments, and for each user in which of their variants together. */
export interface VariantBlock {
  /** The variants of each combination, by their place among all variants; the first is that of users in none of them. */
  readonly combinations: readonly (readonly number[])[];
  /** Which combination, by the number of the user. */
  readonly ofUser: Uint16Array;
}

/**
 * Parts the experiments into blocks of few combinations: with two variants each, five experiments have 243.
 *
 * @param firstArm first of an experiment's variants among all variants
 * @param users the number of each unit's user, experiment by experiment
 * @param count how many users there are
 */
export function variantBlocks(
  experiments: readonly ScannedExperiment[],
  firstArm: readonly number[],
  users: readonly Int32Array[],
  count: number,
): VariantBlock[] {
  const blocks: VariantBlock[] = [];
  let block: VariantBlock | undefined;
  experiments.forEach(({ variants, arms }, index) => {
    if (block === undefined || block.combinations.length * (variants.length + 1) > MOST_COMBINATIONS) {
      block = { combinations: [[]], ofUser: new Uint16Array(count) };
      blocks.push(block);
    }
    const { combinations, ofUser } = block;
    const step = combinations.length;
    (users[index] ?? new Int32Array(0)).forEach((user, unit) => {
      ofUser[user] = ((ofUser[user] ?? 0) % step) + step * ((arms[unit] ?? 0) + 1);
    });
    const columns = variants.map((_, arm) => (firstArm[index] ?? 0) + arm);
    const longer = columns.flatMap((column) => combinations.map((each) => [...each, column]));
    block = { combinations: [...combinations, ...longer], ofUser };
    blocks[blocks.length - 1] = block;
  });
  return blocks;
}
