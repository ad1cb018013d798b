import type { Problem } from './problem.js';
import type { HashProfile } from '../definition.js';
import { HASH_PROFILES } from '../hash/profiles.js';
import { checkLeaf } from './check-leaf.js';
import { checkList, checkRef, checkText, inside, isObject, unknownFields, wrong, type Fields } from './shape.js';

/** Conditions within conditions: deeper than this nobody understands them. */
const MAX_DEPTH = 32;

/** Everything that is wrong with a condition of the rule model, each complaint with the path of the field. */
export function checkCondition(condition: unknown, path = '', depth = 1): Problem[] {
  if (typeof condition === 'boolean') return [];
  if (!isObject(condition)) return wrong(path, 'must be a condition: a boolean or an object');
  if (depth > MAX_DEPTH) return wrong(path, `must not be nested deeper than ${MAX_DEPTH} levels`);
  for (const [name, check] of Object.entries(KINDS)) {
    if (name in condition && !('op' in condition)) return check(condition, path, depth);
  }
  if ('attr' in condition || 'op' in condition) return checkLeaf(condition, path);
  return wrong(path, 'must have one of all, any, not, segment, bucket, some or attr');
}

type Check = (condition: Fields, path: string, depth: number) => Problem[];

const several =
  (name: 'all' | 'any'): Check =>
  (condition, path, depth) => {
    const at = inside(path, name);
    const { [name]: conditions } = condition;
    if (!Array.isArray(conditions)) return wrong(at, 'must be a list of conditions');
    return [
      ...unknownFields(condition, [name], path),
      ...conditions.flatMap((each: unknown, index) => checkCondition(each, `${at}[${index}]`, depth + 1)),
    ];
  };

const KINDS: Readonly<Record<string, Check>> = {
  all: several('all'),
  any: several('any'),
  not: (condition, path, depth) => [
    ...unknownFields(condition, ['not'], path),
    ...checkCondition(condition.not, inside(path, 'not'), depth + 1),
  ],
  segment: (condition, path) => [
    ...unknownFields(condition, ['segment'], path),
    ...checkText(condition.segment, inside(path, 'segment')),
  ],
  bucket: (condition, path) => {
    const at = inside(path, 'bucket');
    if (!isObject(condition.bucket)) return wrong(at, 'must be an object');
    const { bucket } = condition;
    return [
      ...unknownFields(condition, ['bucket'], path),
      ...unknownFields(bucket, [...HASHING_FIELDS, 'in'], at),
      ...checkHashing(bucket, at),
      ...checkRanges(bucket.in, inside(at, 'in')),
    ];
  },
  some: (condition, path, depth) => [
    ...unknownFields(condition, ['some', 'where'], path),
    ...checkRef(condition.some, inside(path, 'some')),
    ...checkCondition(condition.where, inside(path, 'where'), depth + 1),
  ],
};

export const HASHING_FIELDS = ['salt', 'unit', 'hash', 'mod', 'missing'];

/** Salts the platform itself makes of a key: the second hash of a rollout, layers, holdouts. */
const PLATFORM_SALT = /^(?:[^:]*:coverage|(?:layer|holdout):[^:]*)$/;

/** What bucket predicates and splits have in common. */
export function checkHashing(hashing: Fields, path: string): Problem[] {
  const { salt, hash = 'native', mod, missing } = hashing;
  const errors = checkList(hashing.unit, inside(path, 'unit'), checkRef);
  if (typeof salt !== 'string') errors.push(...wrong(inside(path, 'salt'), 'must be a text'));
  else if (hash === 'native' && salt.includes(':') && !PLATFORM_SALT.test(salt)) {
    errors.push(...wrong(inside(path, 'salt'), 'must not contain ":", which parts salt and unit'));
  }
  const profile = typeof hash === 'string' ? hash.replace(/^(growthbook|flagd)[ -]?v?(\d)$/, '$1@$2') : hash;
  if (!HASH_PROFILES.includes(profile as HashProfile)) {
    errors.push(...wrong(inside(path, 'hash'), `must be one of ${HASH_PROFILES.join(', ')}`));
  }
  if (mod !== undefined && !(Number.isInteger(mod) && (mod as number) > 0)) {
    errors.push(...wrong(inside(path, 'mod'), 'must be a positive integer'));
  }
  if (missing !== undefined && missing !== 0)
    errors.push(...wrong(inside(path, 'missing'), 'must be 0 when it is given'));
  return errors;
}

/** Positions may reach a little above 1 in imports whose comparison includes the end. */
const MAX_POSITION = 1 + 1e-6;

export function checkRanges(ranges: unknown, path: string): Problem[] {
  if (!Array.isArray(ranges)) return wrong(path, 'must be a list of ranges [from, to)');
  return ranges.flatMap((range: unknown, index) => {
    const [from, to] = Array.isArray(range) && range.length === 2 ? (range as unknown[]) : [];
    const sound = typeof from === 'number' && typeof to === 'number' && from >= 0 && to <= MAX_POSITION && from <= to;
    return sound ? [] : wrong(`${path}[${index}]`, 'must be [from, to) with 0 <= from <= to <= 1');
  });
}
