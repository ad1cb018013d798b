import { z } from 'zod';
import { JsonObject } from '../http/primitives.js';

/** Nesting that any sensible value fits in; a deeper one would exhaust the stack of whoever walks it. */
export const MAX_JSON_DEPTH = 100;

/**
 * What keeps a parsed JSON value out of a `jsonb` column: too deep, a NUL character, half a surrogate pair. Undefined when
 * it can be stored. Walks without recursion, since the value may come from anybody.
 */
export function storageProblem(value: unknown): string | undefined {
  const stack: { value: unknown; depth: number }[] = [{ value, depth: 0 }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (typeof next.value === 'string') {
      const problem = textProblem(next.value);
      if (problem !== undefined) return problem;
    } else if (typeof next.value === 'object' && next.value !== null) {
      if (next.depth >= MAX_JSON_DEPTH) return `must not be nested deeper than ${MAX_JSON_DEPTH} levels`;
      const depth = next.depth + 1;
      for (const [key, inner] of Object.entries(next.value)) {
        const problem = textProblem(key);
        if (problem !== undefined) return problem;
        stack.push({ value: inner, depth });
      }
    }
  }
  return undefined;
}

function textProblem(text: string): string | undefined {
  if (text.includes('\u0000')) return 'must not contain a NUL character';
  return /\p{Surrogate}/u.test(text) ? 'must not contain half a surrogate pair' : undefined;
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
