import { compareVersions, Version } from '../cast/version.js';
import { equalJson } from '../json.js';
import { never, type Test } from './test.js';

function equal(a: unknown, b: unknown): boolean {
  return a instanceof Version ? b instanceof Version && compareVersions(a, b) === 0 : equalJson(a, b);
}

function isStructured(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function primitiveEquality(values: ReadonlySet<unknown>): Test {
  if (values.size === 0) return never;
  if (values.size > 1) return (value) => values.has(value);
  const [only] = values;
  return (value) => value === only;
}

/**
 * `in`: strict equality with any value. Versions are equal by precedence, arrays and objects by content. A value costs the
 * same however many there are: strings, numbers and booleans are looked up in a set.
 */
export function equality(values: readonly unknown[] | ReadonlySet<unknown>): Test {
  const structured = [...values].filter(isStructured);
  if (structured.length === 0) return primitiveEquality(values instanceof Set ? values : new Set(values));
  const primitive = primitiveEquality(new Set([...values].filter((value) => !isStructured(value))));
  return (value) => (isStructured(value) ? structured.some((candidate) => equal(candidate, value)) : primitive(value));
}
