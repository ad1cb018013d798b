import type { Problem } from './problem.js';

export type Fields = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const wrong = (path: string, message: string): Problem[] => [{ path, message }];

/** `targetingRules[0]` and `when` -> `targetingRules[0].when`. */
export const inside = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

/** A complaint about every field that an object must not have. */
export function unknownFields(value: Fields, known: readonly string[], path: string): Problem[] {
  return Object.keys(value)
    .filter((name) => !known.includes(name))
    .map((name) => ({ path: inside(path, name), message: `is not a known field; known are ${known.join(', ')}` }));
}

export function checkText(value: unknown, path: string): Problem[] {
  return typeof value === 'string' && value !== '' ? [] : wrong(path, 'must be a text that is not empty');
}

/** A list of at least one element, each checked. */
export function checkList(
  value: unknown,
  path: string,
  check: (element: unknown, path: string) => Problem[],
): Problem[] {
  if (!Array.isArray(value) || value.length === 0) return wrong(path, 'must be a list of at least one element');
  return value.flatMap((element, index) => check(element, `${path}[${index}]`));
}

const REF = /^(?:\/(?:[^/~]|~[01])*)+$/;

/** A top-level name, or a JSON pointer. */
export function checkRef(value: unknown, path: string): Problem[] {
  if (typeof value !== 'string' || value === '') return wrong(path, 'must name an attribute');
  return !value.startsWith('/') || REF.test(value)
    ? []
    : wrong(path, 'must be a JSON pointer such as /user/id (~0 for ~, ~1 for /)');
}
