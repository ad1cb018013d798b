import type { FlagType, Json } from '../definition.js';

/** Whether a value can be given to a caller who expects this type. `json` is any value. */
export function hasType(value: Json, type: FlagType): boolean {
  return type === 'json' || typeof value === type;
}
