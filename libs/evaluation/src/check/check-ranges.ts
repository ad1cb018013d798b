import { memberPath, type Problems } from './problems.js';

interface PlacedRange {
  readonly from: number;
  readonly to: number;
  readonly path: string;
}

function checkRange(range: unknown, path: string, problems: Problems): PlacedRange | undefined {
  const pair = Array.isArray(range) && range.length === 2 && range.every((bound) => typeof bound === 'number');
  if (!problems.expect(pair, path, 'must be [from, to], two numbers')) return undefined;
  const [from, to] = range as readonly [number, number];
  const highest = problems.options.imported === true ? Infinity : 1;
  problems.expect(from >= 0 && to <= highest, path, 'must lie between 0 and 1');
  problems.expect(from <= to, path, 'must not end before it begins');
  return { from, to, path };
}

/** The ranges of a bucket predicate or an arm: in [0, 1], in order, apart from each other. */
export function checkRanges(value: unknown, path: string, problems: Problems): readonly PlacedRange[] {
  const placed = problems
    .array(value, path)
    .flatMap((range, index) => checkRange(range, memberPath(path, index), problems) ?? []);
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
