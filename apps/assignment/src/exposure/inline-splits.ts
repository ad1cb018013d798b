import type { Flag, Split } from '@assay/evaluation';

/** The splits that a flag itself carries. */
export function inlineSplits(flag: Flag): readonly Split[] {
  const serves = [...flag.rules.map(({ serve }) => serve), ...(flag.default === undefined ? [] : [flag.default])];
  return serves.flatMap((serve) => ('split' in serve ? [serve.split] : []));
}

/** Share of the units that an arm gets, of those admitted. */
export function shareOf(split: Split, arm: string): number {
  const ranges = split.arms.find(({ key, variant }) => (key ?? variant) === arm)?.in ?? [];
  // The last arm of an import may be open-ended.
  return ranges.reduce((sum, [from, to]) => sum + Math.max(0, Math.min(to, 1) - from), 0);
}
