import type { Ref } from '../definition.js';
import type { Run, Subject } from '../run.js';
import { isObject, ownValue } from './json.js';

/** Reads one attribute of a subject; undefined when it is absent. */
export type Reader = (subject: Subject, run: Run) => unknown;

/** The moment of the evaluation, an attribute that the engine adds. */
const NOW = '$now';

/**
 * The names along a reference: one for a plain name, several for a JSON pointer (RFC 6901).
 * @returns undefined for a pointer with a `~` that is neither `~0` nor `~1`
 */
export function parseRef(ref: Ref): readonly string[] | undefined {
  if (!ref.startsWith('/')) return [ref];
  if (/~(?![01])/.test(ref)) return undefined;
  return ref
    .slice(1)
    .split('/')
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function readPath(subject: Subject, names: readonly string[]): unknown {
  let value: unknown = subject;
  for (const name of names) {
    if (!isObject(value)) return undefined;
    value = ownValue(value, name);
  }
  return value;
}

function onlyName(names: readonly string[] | undefined): string | undefined {
  return names?.length === 1 ? names[0] : undefined;
}

/** The name, if `ref` is a top-level name that no object inherits, so that a plain property access reads it. */
export function plainName(ref: Ref): string | undefined {
  const name = ref.startsWith('/') ? onlyName(parseRef(ref)) : ref;
  return name === undefined || name === NOW || name in Object.prototype ? undefined : name;
}

/** A function that reads `ref`. Only own properties of objects are seen: no array index, no inherited member. */
export function compileRef(ref: Ref): Reader {
  const plain = plainName(ref);
  if (plain !== undefined) return (subject) => subject[plain];
  const names = parseRef(ref);
  if (names === undefined) return () => undefined;
  if (names.length === 1 && names[0] === NOW) return (subject, run) => run.options.now ?? ownValue(subject, NOW);
  return (subject) => readPath(subject, names);
}
