import type { z } from 'zod';
import { AppError, type FieldError } from './app-error.js';
import { fieldMessage } from './field-message.js';

/** `['variants', 1, 'key']` -> `variants[1].key`. */
export function pathText(path: readonly PropertyKey[]): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += text === '' ? String(part) : `.${String(part)}`;
  }
  return text;
}

/** Every complaint of a zod error with the path of its field; unknown keys are named one by one. */
export function fieldErrors(error: z.ZodError): FieldError[] {
  return error.issues.flatMap((issue): FieldError[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: pathText([...issue.path, key]), message: 'is not a known field' }));
    }
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      const closest = issue.errors.reduce((best, next) => (depth(next) > depth(best) ? next : best));
      if (depth(closest) > 0) {
        return closest.map((inner) => ({
          path: pathText([...issue.path, ...inner.path]),
          message: fieldMessage(inner),
        }));
      }
    }
    return [{ path: pathText(issue.path), message: fieldMessage(issue) }];
  });
}

const depth = (issues: readonly z.core.$ZodIssue[]): number => Math.max(0, ...issues.map((issue) => issue.path.length));

/** Parses an input or throws `validation_failed` that names each wrong field. */
export function parseOrThrow<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw AppError.validation(fieldErrors(parsed.error));
  return parsed.data;
}
