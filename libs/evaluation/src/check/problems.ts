import { isObject, type JsonObject } from '../condition/json.js';

/** One fault of a definition: where, as `rules[2].when.all[0].value`, and what to do about it. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** Ids that a definition may refer to. A kind that is absent is not checked. */
export interface KnownIds {
  readonly flags?: ReadonlySet<string>;
  readonly segments?: ReadonlySet<string>;
  readonly lists?: ReadonlySet<string>;
}

export interface CheckOptions {
  readonly known?: KnownIds;
  /** The platform made the salts itself, so they may contain ":". */
  readonly platformSalts?: boolean;
  /**
   * The definition comes from another product and is to answer like there: values that can never match, ranges beyond 1 and
   * any salt are accepted.
   */
  readonly imported?: boolean;
}

const IDENTIFIER = /^[A-Za-z_$][\w$-]*$/;

/** The path of a member: `.name`, `["any name"]` or `[index]`. */
export function memberPath(path: string, member: string | number): string {
  if (typeof member === 'number') return `${path}[${member}]`;
  if (!IDENTIFIER.test(member)) return `${path}[${JSON.stringify(member)}]`;
  return path === '' ? member : `${path}.${member}`;
}

/** Collects the problems of one definition. */
export class Problems {
  readonly found: Problem[] = [];

  constructor(readonly options: CheckOptions) {}

  add(path: string, message: string): void {
    this.found.push({ path, message });
  }

  /** Adds the problem unless the condition holds; says whether it holds. */
  expect(holds: boolean, path: string, message: string): boolean {
    if (!holds) this.add(path, message);
    return holds;
  }

  /** The value as an object without unknown members; undefined (and a problem) when it is none. */
  object(value: unknown, path: string, members: readonly string[]): JsonObject | undefined {
    if (!isObject(value)) {
      this.add(path, `must be an object with ${members.join(', ')}`);
      return undefined;
    }
    for (const name of Object.keys(value)) {
      this.expect(members.includes(name), memberPath(path, name), `is unknown here; known are ${members.join(', ')}`);
    }
    return value;
  }

  /** The members of an array; none (and a problem) when it is none. */
  array(value: unknown, path: string): readonly unknown[] {
    return this.expect(Array.isArray(value), path, 'must be an array') ? (value as readonly unknown[]) : [];
  }

  /** A string that is not empty. */
  name(value: unknown, path: string): void {
    this.expect(typeof value === 'string' && value !== '', path, 'must be a string that is not empty');
  }

  /** A member that may be left out. */
  optional(object: JsonObject, member: string, path: string, check: (value: unknown, path: string) => void): void {
    if (object[member] !== undefined) check(object[member], memberPath(path, member));
  }

  boolean(value: unknown, path: string): void {
    this.expect(typeof value === 'boolean', path, 'must be true or false');
  }

  /** One of some words. */
  word(value: unknown, path: string, words: readonly string[]): boolean {
    const known = typeof value === 'string' && words.includes(value);
    return this.expect(known, path, `must be one of ${words.join(', ')}`);
  }

  /** An id that exists, as far as the existing ones are known. */
  id(value: unknown, path: string, kind: keyof KnownIds): void {
    if (!this.expect(typeof value === 'string', path, 'must be a string')) return;
    if (!this.expect(value !== '', path, 'must not be empty')) return;
    const known = this.options.known?.[kind];
    this.expect(known === undefined || known.has(value as string), path, `names none of the known ${kind}`);
  }
}
