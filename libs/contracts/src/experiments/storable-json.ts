import { z } from 'zod';
import { JsonObject } from '../http/primitives.js';

/** Nesting that any sensible value fits in; a deeper one would exhaust the stack of whoever walks it. */
export const MAX_JSON_DEPTH = 100;

/** What keeps a value out of the database, and the member that does. */
interface StorageFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** The fault of the whole: the way down would be no help. */
const TOO_DEEP: StorageFault = { path: [], message: `must not be nested deeper than ${MAX_JSON_DEPTH} levels` };

/**
 * What keeps a parsed JSON value out of a `jsonb` column: too deep, a NUL character, half a surrogate pair. Undefined when
 * it can be stored. The value may come from anybody: it is walked no deeper than is allowed.
 */
export const storageProblem = (value: unknown): string | undefined => faultOf(value, 0)?.message;

function faultOf(value: unknown, depth: number): StorageFault | undefined {
  if (typeof value === 'string') return at([], textProblem(value));
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= MAX_JSON_DEPTH) return TOO_DEEP;
  for (const key of Object.keys(value)) {
    const nameProblem = textProblem(key);
    if (nameProblem !== undefined) return at([readable(key)], `${nameProblem} in its name`);
    const fault = faultOf((value as Readonly<Record<string, unknown>>)[key], depth + 1);
    if (fault === TOO_DEEP) return fault;
    if (fault !== undefined) return at([Array.isArray(value) ? Number(key) : key, ...fault.path], fault.message);
  }
  return undefined;
}

function at(path: StorageFault['path'], message: string | undefined): StorageFault | undefined {
  return message === undefined ? undefined : { path, message };
}

/** A name that can be shown. */
const readable = (name: string): string => name.replaceAll('\u0000', '\ufffd').toWellFormed();

function textProblem(text: string): string | undefined {
  if (text.includes('\u0000')) return 'must not contain a NUL character';
  return text.isWellFormed() ? undefined : 'must not contain half a surrogate pair';
}

/** `schema` for a value that is stored as JSON: what the database would refuse is refused here, before it is parsed. */
export const storable = <S extends z.ZodType>(schema: S) =>
  z.preprocess((value, context) => {
    const fault = faultOf(value, 0);
    if (fault === undefined) return value;
    context.addIssue({ code: 'custom', message: fault.message, path: [...fault.path], input: value });
    return z.NEVER;
  }, schema);

/** A JSON object that can be stored. */
export const StorableObject = storable(JsonObject);
