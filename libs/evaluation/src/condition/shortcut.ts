import type { Leaf } from '../definition.js';
import type { Predicate, Run, Subject } from '../run.js';
import { stringsOf } from './operator/test.js';
import { plainName } from './ref.js';

/** What a shortcut does with its own kind of value, with none, and with every other. */
interface Rest {
  readonly negate: boolean;
  readonly missing: boolean;
  readonly general: GeneralLeaf;
}

/** A leaf in general. Beside a shortcut most are never asked, so it is compiled at its first use. */
export class GeneralLeaf {
  private compiled: Predicate | undefined = undefined;

  constructor(
    private readonly leaf: Leaf,
    private readonly compile: (leaf: Leaf) => Predicate,
  ) {}

  holds(subject: Subject, run: Run): boolean {
    return (this.compiled ??= this.compile(this.leaf))(subject, run);
  }
}

/** A number against one bound. */
function numberShortcut(op: string, name: string, bound: number, rest: Rest): Predicate | undefined {
  const { general, missing, negate } = rest;
  switch (op) {
    case 'lt':
      return (subject, run) => {
        const value = subject[name];
        if (typeof value === 'number') return value < bound !== negate;
        return value === undefined ? missing : general.holds(subject, run);
      };
    case 'lte':
      return (subject, run) => {
        const value = subject[name];
        if (typeof value === 'number') return value <= bound !== negate;
        return value === undefined ? missing : general.holds(subject, run);
      };
    case 'gt':
      return (subject, run) => {
        const value = subject[name];
        if (typeof value === 'number') return value > bound !== negate;
        return value === undefined ? missing : general.holds(subject, run);
      };
    case 'gte':
      return (subject, run) => {
        const value = subject[name];
        if (typeof value === 'number') return value >= bound !== negate;
        return value === undefined ? missing : general.holds(subject, run);
      };
    default:
      return undefined;
  }
}

function oneString(name: string, one: string, { general, missing, negate }: Rest): Predicate {
  return (subject, run) => {
    const value = subject[name];
    if (typeof value === 'string') return (value === one) !== negate;
    return value === undefined ? missing : general.holds(subject, run);
  };
}

function twoStrings(name: string, one: string, other: string, { general, missing, negate }: Rest): Predicate {
  return (subject, run) => {
    const value = subject[name];
    if (typeof value === 'string') return (value === one || value === other) !== negate;
    return value === undefined ? missing : general.holds(subject, run);
  };
}

function manyStrings(name: string, strings: ReadonlySet<string>, { general, missing, negate }: Rest): Predicate {
  return (subject, run) => {
    const value = subject[name];
    if (typeof value === 'string') return strings.has(value) !== negate;
    return value === undefined ? missing : general.holds(subject, run);
  };
}

/** A string among strings. */
function stringShortcut(name: string, strings: readonly string[], rest: Rest): Predicate {
  const [one = '', other = ''] = strings;
  if (strings.length === 1) return oneString(name, one, rest);
  return strings.length === 2 ? twoStrings(name, one, other, rest) : manyStrings(name, new Set(strings), rest);
}

/** The attribute of a leaf that may have a shortcut: a top-level one, compared as it is. */
export function shortcutName({ attr, flag, hashed, ignoreCase, list, op }: Leaf): string | undefined {
  const plain = flag === undefined && hashed === undefined && ignoreCase !== true && list === undefined;
  return plain && op !== 'exists' ? plainName(attr) : undefined;
}

/**
 * The commonest leaves (a top-level attribute that is a string among some, or a number against a bound) in one function
 * without further calls; for any other value of the attribute they ask `general`, with which they always agree.
 * @param name of the attribute, by `shortcutName`
 * @param values of the leaf, cast
 * @returns undefined when the leaf is none of those
 */
export function shortcut(
  { as, ifMissing, negate, op }: Leaf,
  name: string,
  values: readonly unknown[],
  general: GeneralLeaf,
): Predicate | undefined {
  const rest = { negate: negate === true, missing: ifMissing === true, general };
  if (op === 'in' && (as === undefined || as === 'string')) {
    const strings = stringsOf(values);
    return strings.length === 0 ? undefined : stringShortcut(name, strings, rest);
  }
  const [bound] = values;
  const single = values.length === 1 && typeof bound === 'number' && (as === undefined || as === 'number');
  return single ? numberShortcut(op, name, bound, rest) : undefined;
}
