import type { Leaf } from '../definition.js';
import type { Predicate } from '../run.js';
import { stringsOf } from './operator/test.js';
import { plainName } from './ref.js';

/** What a shortcut does with its own kind of value, with none, and with every other. */
interface Rest {
  readonly negate: boolean;
  readonly missing: boolean;
  readonly general: Predicate;
}

/** A number against one bound. */
function numberShortcut(op: string, name: string, bound: number, rest: Rest): Predicate | undefined {
  const { general, missing, negate } = rest;
  switch (op) {
    case 'lt':
      return (subject, run) => {
        const value = subject[name];
        if (typeof value === 'number') return value < bound !== negate;
        return value === undefined ? missing : general(subject, run);
      };
    case 'lte':
      return (subject, run) => {
        const value = subject[name];
        if (typeof value === 'number') return value <= bound !== negate;
        return value === undefined ? missing : general(subject, run);
      };
    case 'gt':
      return (subject, run) => {
        const value = subject[name];
        if (typeof value === 'number') return value > bound !== negate;
        return value === undefined ? missing : general(subject, run);
      };
    case 'gte':
      return (subject, run) => {
        const value = subject[name];
        if (typeof value === 'number') return value >= bound !== negate;
        return value === undefined ? missing : general(subject, run);
      };
    default:
      return undefined;
  }
}

/** A string among strings. */
function stringShortcut(name: string, strings: readonly string[], rest: Rest): Predicate {
  const { general, missing, negate } = rest;
  const [only] = strings;
  if (strings.length === 1) {
    return (subject, run) => {
      const value = subject[name];
      if (typeof value === 'string') return (value === only) !== negate;
      return value === undefined ? missing : general(subject, run);
    };
  }
  const set = new Set(strings);
  return (subject, run) => {
    const value = subject[name];
    if (typeof value === 'string') return set.has(value) !== negate;
    return value === undefined ? missing : general(subject, run);
  };
}

/**
 * The commonest leaves (a top-level attribute that is a string among some, or a number against a bound) in one function
 * without further calls; for any other value of the attribute they ask `general`, with which they always agree.
 * @param values of the leaf, cast
 * @returns undefined when the leaf is none of those
 */
export function shortcut(leaf: Leaf, values: readonly unknown[], general: Predicate): Predicate | undefined {
  const { attr, as, flag, hashed, ifMissing, ignoreCase, list, negate, op } = leaf;
  const name = plainName(attr);
  const plain = flag === undefined && hashed === undefined && ignoreCase !== true && list === undefined;
  if (name === undefined || !plain) return undefined;
  const rest = { negate: negate === true, missing: ifMissing === true, general };
  if (op === 'in' && (as === undefined || as === 'string')) return stringShortcut(name, stringsOf(values), rest);
  const [bound] = values;
  const single = values.length === 1 && typeof bound === 'number' && (as === undefined || as === 'number');
  return single ? numberShortcut(op, name, bound, rest) : undefined;
}
