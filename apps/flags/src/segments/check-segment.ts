import type { FieldError } from '@assay/contracts';
import { checkCondition } from '@assay/evaluation';
import { isObject } from '../check/shape.js';

/** What is wrong with the condition of a segment, among it that it leads back to itself. */
export function checkSegment(key: string, condition: unknown, others: ReadonlyMap<string, unknown>): FieldError[] {
  const errors = checkCondition(condition, 'condition');
  if (errors.length > 0) return errors;
  const way = wayBack(key, condition, others, new Set());
  if (way === undefined) return [];
  return [{ path: 'condition', message: `must not lead back to the segment itself: ${[key, ...way].join(' -> ')}` }];
}

/** The keys along a way from a condition to the segment `key`. */
function wayBack(
  key: string,
  condition: unknown,
  others: ReadonlyMap<string, unknown>,
  seen: Set<string>,
): string[] | undefined {
  for (const next of namedSegments(condition)) {
    if (next === key) return [next];
    if (seen.has(next)) continue;
    seen.add(next);
    const way = wayBack(key, others.get(next), others, seen);
    if (way !== undefined) return [next, ...way];
  }
  return undefined;
}

/** Keys of the segments that a condition names. */
function namedSegments(condition: unknown): string[] {
  if (Array.isArray(condition)) return condition.flatMap(namedSegments);
  if (!isObject(condition)) return [];
  if (typeof condition.segment === 'string' && !('op' in condition)) return [condition.segment];
  return [condition.all, condition.any, condition.not, condition.where].flatMap(namedSegments);
}
