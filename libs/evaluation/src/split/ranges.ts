import { arrayOf } from '../condition/json.js';
import type { Range } from '../definition.js';

function isRange(value: unknown): value is Range {
  return Array.isArray(value) && typeof value[0] === 'number' && typeof value[1] === 'number';
}

/** The pairs of numbers among what should be ranges. */
export function rangesOf(value: unknown): readonly Range[] {
  return arrayOf(value).filter(isRange);
}

/** Whether a position lies in one of half-open ranges. */
export function compileRanges(value: unknown): (position: number) => boolean {
  const ranges = rangesOf(value);
  const [only] = ranges;
  if (ranges.length === 1 && only !== undefined) {
    const [from, to] = only;
    return (position) => position >= from && position < to;
  }
  return (position) => ranges.some(([from, to]) => position >= from && position < to);
}
