import { arrayOf, isObject, type JsonObject } from './json.js';

/** A condition and all conditions inside it, in no particular order; not those of the segments it names. */
export function partsOf(cond: unknown): readonly JsonObject[] {
  const parts: JsonObject[] = [];
  const open: unknown[] = [cond];
  while (open.length > 0) {
    const part = open.pop();
    if (!isObject(part)) continue;
    parts.push(part);
    for (const inner of [...arrayOf(part.all), ...arrayOf(part.any), part.not, part.where]) open.push(inner);
  }
  return parts;
}
