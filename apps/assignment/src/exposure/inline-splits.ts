import type { Flag, Split } from '@assay/evaluation';

/**
 * Splits that a flag itself carries, by the keys of their experiments, and that are not sticky: the hash alone decides, so
 * nothing has to be stored before the answer.
 */
export function inlineSplits(flag: Flag): ReadonlyMap<string, Split> {
  const serves = [...flag.rules.map(({ serve }) => serve), ...(flag.default === undefined ? [] : [flag.default])];
  const splits = serves.flatMap((serve) => ('split' in serve ? [serve.split] : []));
  return new Map(splits.filter(({ sticky }) => sticky === undefined).map((split) => [split.key ?? split.salt, split]));
}

/** Share of the units that an arm gets, of those admitted. */
export function shareOf(split: Split, arm: string): number {
  const ranges = split.arms.find(({ key }) => key === arm)?.in ?? [];
  return ranges.reduce((sum, [from, to]) => sum + to - from, 0);
}
