import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** What zod says where a schema gives no text of its own. */
const OF_ZOD = /^(Invalid input: expected|Invalid option: expected|Too (big|small): expected) /;

/** The complaint about a field in words that follow its name: `userId: is required`. */
export function fieldMessage(issue: Issue): string {
  if (issue.code === 'invalid_union' && isAbsent(issue.errors)) return 'is required';
  if (!OF_ZOD.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return typeMessage(issue.expected, /received (\w+)$/.exec(issue.message)?.[1]);
    case 'invalid_value':
      return issue.values.length === 1
        ? `must be ${text(issue.values[0])}`
        : `must be one of ${issue.values.map(text).join(', ')}`;
    case 'too_small':
      return sizeMessage(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum);
    case 'too_big':
      return sizeMessage(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum);
    default:
      return issue.message;
  }
}

/** Whether each of the shapes that a value may have misses a value at all. */
const isAbsent = (shapes: readonly (readonly Issue[])[]): boolean =>
  shapes.length > 0 &&
  shapes.every(([first]) => first?.path.length === 0 && first.message.endsWith('received undefined'));

function typeMessage(expected: string, received: string | undefined): string {
  if (received === 'undefined') return 'is required';
  const article = /^[aeiou]/.test(expected) ? 'an' : 'a';
  const wanted = expected === 'int' ? 'a whole number' : expected === 'null' ? 'null' : `${article} ${expected}`;
  const isPlain = received === undefined || (expected === 'int' && received === 'number');
  return isPlain ? `must be ${wanted}` : `must be ${wanted}, not ${received}`;
}

function sizeMessage(origin: string, relation: string, limit: number | bigint): string {
  const unit = { string: 'character', array: 'item', set: 'item', map: 'entry' }[origin];
  if (unit === undefined) return `must be ${relation} ${limit}`;
  const plural = unit === 'entry' ? 'entries' : `${unit}s`;
  return `must have ${relation} ${limit} ${limit === 1 || limit === 1n ? unit : plural}`;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : String(value));
