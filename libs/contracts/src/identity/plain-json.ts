import { type z } from 'zod';
import { JsonObject } from '../http/primitives.js';
import { unstorableText } from '../http/unstorable-text.js';

/** A JSON object that PostgreSQL can store, no longer than `maxLength` characters as text. */
export const storableObject = (maxLength: number) =>
  JsonObject.superRefine((value: z.output<typeof JsonObject>, context) => {
    const json = JSON.stringify(value);
    if (json.length > maxLength)
      context.addIssue({ code: 'custom', message: `must be at most ${maxLength} characters of JSON` });
    const problem = unstorableText(json);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });
