import { z } from 'zod';
import { JsonObject } from '../http/primitives.js';

/** Nesting that any sensible value fits in; a deeper one would exhaust the stack of whoever walks it. */
export const MAX_JSON_DEPTH = 100;

/**
 * What keeps a parsed JSON value out of a `jsonb` column: too deep, a NUL character, half a surrogate pair. Undefined when
 * it can be stored. The value may come from anybody: it is walked no deeper than is allowed.
 */
export const storageProblem = (value: unknown): string | undefined => problemOf(value, 0);

function problemOf(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return textProblem(value);
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= MAX_JSON_DEPTH) return `must not be nested deeper than ${MAX_JSON_DEPTH} levels`;
  for (const key of Object.keys(value)) {
    const problem = textProblem(key) ?? problemOf((value as Readonly<Record<string, unknown>>)[key], depth + 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function textProblem(text: string): string | undefined {
  if (text.includes('\u0000')) return 'must not contain a NUL character';
  return text.isWellFormed() ? undefined : 'must not contain half a surrogate pair';
}

/** `schema` for a value that is stored as JSON: what the database would refuse is refused here, before it is parsed. */
export const storable = <S extends z.ZodType>(schema: S) =>
  z.preprocess((value, context) => {
    const problem = storageProblem(value);
    if (problem === undefined) return value;
    context.addIssue({ code: 'custom', message: problem, input: value });
    return z.NEVER;
  }, schema);

/** A JSON object that can be stored. */
export const StorableObject = storable(JsonObject);
