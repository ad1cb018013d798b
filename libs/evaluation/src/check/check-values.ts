import { CAST_NAMES, castFunction } from '../condition/cast/casts.js';
import { parseCidr } from '../condition/operator/cidr.js';
import { hashedForm } from '../condition/operator/hashed.js';
import { isModulo } from '../condition/operator/modulo.js';
import { regexProblem } from '../condition/operator/regex.js';
import type { JsonObject } from '../condition/json.js';

/** What is wrong with a value of a leaf; undefined when nothing is. */
type ValueCheck = (value: unknown) => string | undefined;

const JSON_TYPES = ['null', 'array', 'object', 'string', 'number', 'boolean'];

const CAST_HINTS: Readonly<Record<string, string>> = {
  string: 'must be a string, number or boolean',
  number: 'must be a number',
  version: 'must be a version like 1.2.3',
  date: 'must be an RFC 3339 date and time or epoch milliseconds',
};

function castable(as: unknown): ValueCheck {
  if (as === 'size')
    return (value) => (typeof value === 'number' ? undefined : 'must be a number: the size of an array');
  if (as === 'type') {
    return (value) =>
      JSON_TYPES.some((name) => name === value) ? undefined : `must be one of ${JSON_TYPES.join(', ')}`;
  }
  const cast = castFunction(as);
  return (value) => (cast(value) === undefined ? CAST_HINTS[String(as)] : undefined);
}

const ordered: ValueCheck = (value) =>
  typeof value === 'number' || typeof value === 'string' ? undefined : 'must be a number or a string';

const text: ValueCheck = (value) => (typeof value === 'string' ? undefined : 'must be a string');

const pattern: ValueCheck = (value) => {
  if (typeof value !== 'string') return 'must be a string: a regular expression';
  const problem = regexProblem(value);
  return problem === undefined ? undefined : `is no RE2 regular expression: ${problem}`;
};

const block: ValueCheck = (value) =>
  typeof value === 'string' && parseCidr(value) !== undefined
    ? undefined
    : 'must be an address or CIDR block, v4 or v6';

const division: ValueCheck = (value) =>
  isModulo(value) && value[0] !== 0 ? undefined : 'must be [divisor, remainder], two numbers, the divisor not 0';

function digest(op: string): ValueCheck {
  const form = hashedForm(op);
  if (form === undefined) return () => 'cannot be compared by hash: only in, startsWith and endsWith can';
  const hint = op === 'in' ? 'must be a SHA-256 in hexadecimal' : 'must be <byte length>_<SHA-256 in hexadecimal>';
  return (value) => (typeof value === 'string' && form.test(value) ? undefined : hint);
}

/** The check of the values of a leaf, by its operator and cast. */
export function valueCheck(leaf: JsonObject): ValueCheck {
  const { as, hashed, op } = leaf;
  if (hashed !== undefined) return digest(String(op));
  const cast = CAST_NAMES.some((name) => name === as) ? castable(as) : undefined;
  switch (op) {
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return cast ?? ordered;
    case 'startsWith':
    case 'endsWith':
    case 'contains':
      return as === 'string' ? castable(as) : text;
    case 'matches':
      return pattern;
    case 'inCidr':
      return block;
    case 'mod':
      return division;
    default:
      return cast ?? (() => undefined);
  }
}
