import { arrayOf, isObject, type JsonObject } from './json.js';

/** Conditions nested deeper are false. What may be written is far less deep (see `checkCondition`). */
export const MAX_DEPTH = 256;

/** Visits a condition and all conditions inside it, but not those of the segments it names. */
export function walkCondition(cond: unknown, visit: (part: JsonObject) => void, depth = 0): void {
  if (!isObject(cond) || depth > MAX_DEPTH) return;
  visit(cond);
  for (const part of arrayOf(cond.all)) walkCondition(part, visit, depth + 1);
  for (const part of arrayOf(cond.any)) walkCondition(part, visit, depth + 1);
  if (cond.not !== undefined) walkCondition(cond.not, visit, depth + 1);
  if (cond.where !== undefined) walkCondition(cond.where, visit, depth + 1);
}
