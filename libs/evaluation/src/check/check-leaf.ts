import { CAST_NAMES } from '../condition/cast/casts.js';
import type { JsonObject } from '../condition/json.js';
import { OP_NAMES } from '../condition/operator/operators.js';
import { parseRef } from '../condition/ref.js';
import { valueCheck } from './check-values.js';
import { memberPath, type Problems } from './problems.js';

const MEMBERS = [
  'attr',
  'flag',
  'as',
  'op',
  'values',
  'value',
  'list',
  'ignoreCase',
  'negate',
  'ifMissing',
  'hashed',
] as const;

/** A reference to an attribute. */
export function checkRef(ref: unknown, path: string, problems: Problems): void {
  if (!problems.expect(typeof ref === 'string', path, 'must be a string: an attribute name or JSON pointer')) return;
  problems.expect(ref !== '', path, 'must not be empty');
  const valid = parseRef(ref as string) !== undefined;
  problems.expect(valid, path, 'is no JSON pointer: after "~" comes 0 or 1 (write "~0" for "~")');
}

function checkLeafValues(leaf: JsonObject, path: string, problems: Problems): void {
  const given = ['values', 'value', 'list'].some((name) => leaf[name] !== undefined);
  problems.expect(given, path, `needs values, value or list for ${String(leaf.op)} to compare with`);
  if (problems.options.imported === true) return;
  const check = valueCheck(leaf);
  const report = (value: unknown, valuePath: string): void => {
    const message = check(value);
    if (message !== undefined) problems.add(valuePath, message);
  };
  problems.optional(leaf, 'value', path, report);
  if (!Array.isArray(leaf.values)) return;
  const valuesPath = memberPath(path, 'values');
  for (const [index, value] of leaf.values.entries()) report(value, memberPath(valuesPath, index));
}

function checkExists(leaf: JsonObject, path: string, problems: Problems): void {
  problems.optional(leaf, 'value', path, (value, valuePath) => problems.boolean(value, valuePath));
  for (const name of ['values', 'list']) {
    problems.expect(leaf[name] === undefined, memberPath(path, name), 'does not go with exists, which takes a value');
  }
}

/** A comparison of an attribute with values. */
export function checkLeaf(cond: unknown, path: string, problems: Problems): void {
  const leaf = problems.object(cond, path, MEMBERS);
  if (leaf === undefined) return;
  checkRef(leaf.attr, memberPath(path, 'attr'), problems);
  problems.optional(leaf, 'flag', path, (flag, at) => problems.id(flag, at, 'flags'));
  problems.optional(leaf, 'list', path, (list, at) => problems.id(list, at, 'lists'));
  problems.optional(leaf, 'values', path, (values, at) => problems.array(values, at));
  problems.optional(leaf, 'hashed', path, (salt, at) => {
    problems.expect(typeof salt === 'string', at, 'must be a string: the salt of the hashed values');
  });
  for (const name of ['ignoreCase', 'negate', 'ifMissing']) {
    problems.optional(leaf, name, path, (value, at) => problems.boolean(value, at));
  }
  problems.optional(leaf, 'as', path, (as, at) => problems.word(as, at, CAST_NAMES));
  if (!problems.word(leaf.op, memberPath(path, 'op'), OP_NAMES)) return;
  if (leaf.op === 'exists') checkExists(leaf, path, problems);
  else checkLeafValues(leaf, path, problems);
}
