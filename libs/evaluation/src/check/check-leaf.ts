import type { Problem } from './problem.js';
import type { Cast, Cond, Json, Op } from '../definition.js';
import { compileCondition } from '../flag/compile-alone.js';
import { checkRef, checkText, inside, unknownFields, wrong, type Fields } from './shape.js';

const OPS: readonly Op[] = [
  'in',
  'lt',
  'lte',
  'gt',
  'gte',
  'startsWith',
  'endsWith',
  'contains',
  'matches',
  'exists',
  'inCidr',
  'mod',
];
const CASTS: readonly Cast[] = ['string', 'number', 'version', 'date', 'size', 'type'];
const FIELDS = ['attr', 'flag', 'as', 'op', 'values', 'value', 'list', 'ignoreCase', 'negate', 'ifMissing', 'hashed'];
const SWITCHES = ['ignoreCase', 'negate', 'ifMissing'];
const TEXTS = ['flag', 'list', 'hashed'];

/** A comparison of an attribute. What the engine would silently take for false is refused here. */
export function checkLeaf(leaf: Fields, path: string): Problem[] {
  const { op, as } = leaf;
  const errors = [...unknownFields(leaf, FIELDS, path), ...checkRef(leaf.attr, inside(path, 'attr'))];
  if (!OPS.includes(op as Op)) errors.push(...wrong(inside(path, 'op'), `must be one of ${OPS.join(', ')}`));
  if (as !== undefined && !CASTS.includes(as as Cast)) {
    errors.push(...wrong(inside(path, 'as'), `must be one of ${CASTS.join(', ')}`));
  }
  for (const name of SWITCHES) {
    if (leaf[name] !== undefined && typeof leaf[name] !== 'boolean')
      errors.push(...wrong(inside(path, name), 'must be a boolean'));
  }
  for (const name of TEXTS) if (leaf[name] !== undefined) errors.push(...checkText(leaf[name], inside(path, name)));
  return errors.length > 0 ? errors : checkValues(leaf, path);
}

function checkValues(leaf: Fields, path: string): Problem[] {
  const { op, values, value, list } = leaf;
  if (values !== undefined && !Array.isArray(values)) return wrong(inside(path, 'values'), 'must be a list');
  const compared = [
    ...(values ?? []).map((each: unknown, index) => ({ each, at: inside(path, `values[${index}]`) })),
    ...(value === undefined ? [] : [{ each: value, at: inside(path, 'value') }]),
  ];
  if (compared.length === 0 && op !== 'exists' && op !== 'in' && list === undefined) {
    return wrong(inside(path, 'values'), `must be given for '${String(op)}'`);
  }
  if (op === 'in' && compared.length === 0 && values === undefined && list === undefined) {
    return wrong(inside(path, 'values'), "must be given for 'in'");
  }
  return compared.flatMap(({ each, at }) => {
    const message = valueProblem(leaf, each);
    return message === undefined ? [] : wrong(at, message);
  });
}

function valueProblem(leaf: Fields, value: unknown): string | undefined {
  const { op, as, hashed } = leaf;
  if (op === 'exists') return typeof value === 'boolean' ? undefined : 'must be a boolean';
  if (op === 'mod') return isModulo(value) ? undefined : 'must be [divisor, remainder] with 0 <= remainder < divisor';
  if (op === 'matches')
    return isPattern(value)
      ? undefined
      : 'must be a regular expression in RE2 syntax (no look-around, no back-references)';
  if (op === 'inCidr') return isNetwork(value) ? undefined : 'must be an address or a network such as 10.0.0.0/8';
  if (op === 'startsWith' || op === 'endsWith' || op === 'contains') {
    return typeof value === 'string' ? undefined : 'must be a text';
  }
  if (as === undefined || hashed !== undefined || as === 'type') return undefined;
  if (as === 'size') return typeof value === 'number' ? undefined : 'must be a number';
  return holds({ attr: 'v', as: as as Cast, op: 'exists' }, { v: value }) ? undefined : `must be a ${as as Cast}`;
}

const isModulo = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length === 2 &&
  value.every(Number.isInteger) &&
  value[0] > 0 &&
  value[1] >= 0 &&
  value[1] < value[0];

/** An alternative that is always found, behind the pattern and around it: it is not found when the pattern is broken. */
function isPattern(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  return [`${value}|`, `(?:${value})|`].every((pattern) =>
    holds({ attr: 'v', op: 'matches', value: pattern }, { v: '' }),
  );
}

/** A sound network holds its own address. */
function isNetwork(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const [address = ''] = value.split('/');
  return holds({ attr: 'v', op: 'inCidr', value: value as Json }, { v: address });
}

const holds = (condition: Cond, context: Fields): boolean => compileCondition(condition)(context);
