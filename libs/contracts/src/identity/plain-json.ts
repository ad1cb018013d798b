import { type z } from 'zod';
import { JsonObject } from '../http/primitives.js';

/** An escaped NUL in JSON text: an odd number of backslashes before `u0000`. */
const ESCAPED_NUL = /(?<!\\)(?:\\\\)*\\u0000/;

/** A JSON object that PostgreSQL can store, no longer than `maxLength` characters as text. */
export const storableObject = (maxLength: number) =>
  JsonObject.superRefine((value: z.output<typeof JsonObject>, context) => {
    const json = JSON.stringify(value);
    if (json.length > maxLength)
      context.addIssue({ code: 'custom', message: `must be at most ${maxLength} characters of JSON` });
    if (ESCAPED_NUL.test(json)) context.addIssue({ code: 'custom', message: 'must not contain a NUL character' });
  });
