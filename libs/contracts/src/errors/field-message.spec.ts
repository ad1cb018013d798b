import { z } from 'zod';
import { fieldErrors } from './parse.js';

const schema = z.strictObject({
  name: z.string().min(1).max(3),
  count: z.int().min(2).max(5),
  share: z.number().gt(0).lt(1),
  list: z.array(z.string()).min(1),
  kind: z.enum(['a', 'b']),
  fixed: z.literal('x'),
  flag: z.boolean().nullable(),
  own: z.string().min(2, 'says it in its own words'),
  any: z.json(),
});
const right = { name: 'n', count: 2, share: 0.5, list: ['l'], kind: 'a', fixed: 'x', flag: null, own: 'ok', any: null };

function complaints(change: Record<string, unknown>): string[] {
  const parsed = schema.safeParse({ ...right, ...change });
  return parsed.success ? [] : fieldErrors(parsed.error).map(({ path, message }) => `${path} ${message}`);
}

it.each<[Record<string, unknown>, string]>([
  [{ name: undefined }, 'name is required'],
  [{ name: 7 }, 'name must be a string, not number'],
  [{ name: '' }, 'name must have at least 1 character'],
  [{ name: 'long' }, 'name must have at most 3 characters'],
  [{ count: 1 }, 'count must be at least 2'],
  [{ count: 6 }, 'count must be at most 5'],
  [{ count: 2.5 }, 'count must be a whole number'],
  [{ share: 0 }, 'share must be more than 0'],
  [{ share: 1 }, 'share must be less than 1'],
  [{ list: [] }, 'list must have at least 1 item'],
  [{ list: 'l' }, 'list must be an array, not string'],
  [{ kind: 'c' }, 'kind must be one of a, b'],
  [{ fixed: 'y' }, 'fixed must be x'],
  [{ flag: 'no' }, 'flag must be a boolean, not string'],
  [{ own: 'o' }, 'own says it in its own words'],
  [{ any: undefined }, 'any is required'],
  [{ other: 1 }, 'other is not a known field'],
])('%j: %s', (change, complaint) => {
  expect(complaints(change)).toEqual([complaint]);
});

it('takes what is right', () => {
  expect(complaints({})).toEqual([]);
});
