/** Beyond this depth two values count as different: contexts come from outside, and the stack is finite. */
const MAX_DEPTH = 64;

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Own property of an object, never an inherited one (`constructor`, `toString`). */
export function ownValue(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** The members of something that should be an array; nothing when it is not. */
export function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** A string as it is; "" for what should be one and is not. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export type JsonType = 'null' | 'array' | 'object' | 'string' | 'number' | 'boolean';

/** The name of a value's JSON type; what is absent or no JSON at all is "null". */
export function jsonType(value: unknown): JsonType {
  if (Array.isArray(value)) return 'array';
  const type = typeof value;
  if (type === 'string' || type === 'number' || type === 'boolean') return type;
  return isObject(value) ? 'object' : 'null';
}

function equalArrays(a: readonly unknown[], b: readonly unknown[], depth: number): boolean {
  return a.length === b.length && a.every((item, index) => equalJson(item, b[index], depth + 1));
}

function equalObjects(a: JsonObject, b: JsonObject, depth: number): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && equalJson(a[name], b[name], depth + 1))
  );
}

/** Strict equality of JSON values: 1 is 1.0 but neither true nor "1"; arrays in order, objects in any order. */
export function equalJson(a: unknown, b: unknown, depth = 0): boolean {
  if (a === b) return true;
  if (depth >= MAX_DEPTH) return false;
  if (Array.isArray(a)) return Array.isArray(b) && equalArrays(a, b, depth);
  return isObject(a) && isObject(b) && equalObjects(a, b, depth);
}
