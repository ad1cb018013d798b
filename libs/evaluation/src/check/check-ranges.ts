import { memberPath, type Problems } from './problems.js';

interface PlacedRange {
  readonly from: number;
  readonly to: number;
  readonly path: string;
}

/**
 * How far the ranges of a hash profile may reach. Positions of ours are below 1; other products have one at 1, last arms that
 * are open-ended, and inclusive bounds, which adapters write as a little more.
 */
const HIGHEST = { native: 1, others: 2 } as const;

function checkRange(range: unknown, path: string, hash: unknown, problems: Problems): PlacedRange | undefined {
  const pair = Array.isArray(range) && range.length === 2 && range.every((bound) => typeof bound === 'number');
  if (!problems.expect(pair, path, 'must be [from, to], two numbers')) return undefined;
  const [from, to] = range as readonly [number, number];
  const most = hash === undefined || hash === 'native' ? HIGHEST.native : HIGHEST.others;
  const highest = problems.options.imported === true ? Infinity : most;
  problems.expect(from >= 0 && to <= highest, path, `must lie between 0 and ${most}`);
  problems.expect(from <= to, path, 'must not end before it begins');
  return { from, to, path };
}

/**
 * The ranges of a bucket predicate or an arm: where positions can be, in order, apart from each other.
 * @param hash the profile that gives the positions
 */
export function checkRanges(value: unknown, path: string, hash: unknown, problems: Problems): readonly PlacedRange[] {
  const placed = problems
    .array(value, path)
    .flatMap((range, index) => checkRange(range, memberPath(path, index), hash, problems) ?? []);
  for (const [index, range] of placed.entries()) {
    const before = placed[index - 1];
    const inOrder = before === undefined || before.to <= range.from;
    problems.expect(inOrder, range.path, 'must begin where the range before it ends, or later');
  }
  return placed;
}

/** Ranges of different arms must not overlap, in whatever order the arms stand. */
export function checkDisjoint(arms: readonly (readonly PlacedRange[])[], problems: Problems): void {
  const sorted = arms
    .flatMap((ranges, arm) => ranges.map((range) => ({ ...range, arm })))
    .filter(({ from, to }) => from < to)
    .sort((a, b) => a.from - b.from);
  for (const [index, range] of sorted.entries()) {
    const before = sorted[index - 1];
    const apart = before === undefined || before.arm === range.arm || before.to <= range.from;
    problems.expect(apart, range.path, `overlaps ${before?.path ?? ''}`);
  }
}
