import type { Leaf } from '../definition.js';
import type { FlagReading } from '../result.js';
import type { Predicate, Run, Subject } from '../run.js';
import { castFunction, describes } from './cast/casts.js';
import { arrayOf, textOf } from './json.js';
import { type CompiledList, PLAIN_FORM } from './list.js';
import { hashed } from './operator/hashed.js';
import { operator } from './operator/operators.js';
import { never, type Test } from './operator/test.js';
import { compileRef, type Reader } from './ref.js';
import { GeneralLeaf, shortcut, shortcutName } from './shortcut.js';

type Cast = (value: unknown) => unknown;

/** Whether a value of the attribute, present and not an array, fits. */
type Hit = (value: unknown, run: Run) => boolean;

const lowerCase = (value: unknown): unknown => (typeof value === 'string' ? value.toLowerCase() : value);

/** What is done to a value of the attribute before it is compared; undefined when nothing is. */
function subjectCast(leaf: Leaf): Cast | undefined {
  const cast = leaf.as === undefined ? undefined : castFunction(leaf.as);
  // A pattern has its own flag for case, since lower-casing it would change `\D` to `\d`.
  if (leaf.ignoreCase !== true || leaf.op === 'matches') return cast;
  return cast === undefined ? lowerCase : (value) => lowerCase(cast(value));
}

/** The same for the other side, which `size`, `type`, `mod` and hashes leave as it is. */
function valueCast(leaf: Leaf): Cast {
  if (leaf.op === 'mod' || leaf.hashed !== undefined) return (value) => value;
  const cast = leaf.as === undefined || describes(leaf.as) ? (value: unknown): unknown => value : castFunction(leaf.as);
  return leaf.ignoreCase === true && leaf.op !== 'matches' ? (value) => lowerCase(cast(value)) : cast;
}

/** Values of the leaf as its attribute is compared with them. */
function comparableValues(leaf: Leaf, values: readonly unknown[]): readonly unknown[] {
  if (leaf.as === undefined && leaf.ignoreCase !== true) return values;
  return values.map(valueCast(leaf)).filter((value) => value !== undefined);
}

function compileTest(leaf: Leaf, values: readonly unknown[]): Test {
  if (leaf.hashed !== undefined) return hashed(leaf.op, values, textOf(leaf.hashed));
  return operator(leaf.op)(comparableValues(leaf, values), leaf.ignoreCase === true);
}

/** The values written in the leaf itself. */
export function leafValues(leaf: Leaf): readonly unknown[] {
  const values = arrayOf(leaf.values);
  return leaf.value === undefined ? values : [...values, leaf.value];
}

/** The test against a stored list, looked up once for as long as the list stays the same. */
function listHit(leaf: Leaf, key: string): Hit {
  const { op, as, ignoreCase = false, hashed: salt } = leaf;
  const plain = op === 'in' && as === undefined && !ignoreCase && salt === undefined;
  const asText = op === 'in' && as === 'string' && !ignoreCase && salt === undefined;
  const form = plain ? PLAIN_FORM : JSON.stringify([op, as, ignoreCase, salt]);
  let known: CompiledList | undefined;
  let test: Test = never;
  return (value, run) => {
    const list = run.environment.list(key);
    if (list !== known) {
      test = list === undefined ? never : list.test(form, asText, (values) => compileTest(leaf, values));
      known = list;
    }
    return test(value);
  };
}

function compileHit(leaf: Leaf): Hit {
  const values = leafValues(leaf);
  const own = compileTest(leaf, values);
  const listed = leaf.list === undefined ? undefined : listHit(leaf, leaf.list);
  const joined: Hit = (value, run) => own(value) || listed?.(value, run) === true;
  const either = listed === undefined ? own : values.length === 0 ? listed : joined;
  const cast = subjectCast(leaf);
  if (cast === undefined) return either;
  return (value, run) => {
    const comparable = cast(value);
    return comparable !== undefined && either(comparable, run);
  };
}

function isMissing(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function exists(leaf: Leaf, read: Reader): Predicate {
  const cast = leaf.as === undefined ? (value: unknown): unknown => value : castFunction(leaf.as);
  const wanted = (leafValues(leaf)[0] ?? true) !== (leaf.negate === true);
  return (subject, run) => {
    const value = read(subject, run);
    return (!isMissing(value) && cast(value) !== undefined) === wanted;
  };
}

/** Reads the attribute from the context, or from the result of another flag for the same context. */
function leafReader(leaf: Leaf): Reader {
  const { flag } = leaf;
  const read = compileRef(leaf.attr);
  if (flag === undefined) return read;
  const readResult = (result: FlagReading, run: Run): unknown => read(result as unknown as Subject, run);
  return (_subject, run) => readResult(run.environment.read(flag, run), run);
}

/**
 * A leaf: the attribute's value, or any element of it if it is an array, fits any of the leaf's values; `negate` turns that
 * around. A missing attribute answers `ifMissing`, negated or not.
 */
export function compileLeaf(leaf: Leaf): Predicate {
  const name = shortcutName(leaf);
  if (name === undefined) return compileGeneralLeaf(leaf);
  const values = comparableValues(leaf, leafValues(leaf));
  return shortcut(leaf, name, values, new GeneralLeaf(leaf, compileGeneralLeaf)) ?? compileGeneralLeaf(leaf);
}

function compileGeneralLeaf(leaf: Leaf): Predicate {
  const read = leafReader(leaf);
  if (leaf.op === 'exists') return exists(leaf, read);
  const hit = compileHit(leaf);
  const missing = leaf.ifMissing === true;
  const negate = leaf.negate === true;
  const typed = leaf.as === 'type';
  const elements = leaf.as !== 'size';
  const structuredHit: Hit = (value, run) =>
    hit(value, run) || (elements && arrayOf(value).some((element) => hit(element, run)));
  return (subject, run) => {
    const value = read(subject, run);
    // What is missing has a type, too.
    if (isMissing(value) && !typed) return missing;
    return (typeof value === 'object' ? structuredHit(value, run) : hit(value, run)) !== negate;
  };
}
