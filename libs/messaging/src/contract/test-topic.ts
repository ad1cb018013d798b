import { randomUUID } from 'node:crypto';
import { defineTopic, type Topic } from '@assay/contracts';
import { z } from 'zod';

export const Note = z.object({ n: z.number(), text: z.string().optional() });
export type Note = z.output<typeof Note>;

/** A topic nobody else uses. */
export function testTopic(partitions = 4, retention: Topic['retention'] = { kind: 'delete', hours: 1 }): Topic<Note> {
  return defineTopic<Note>({
    type: `test.t${randomUUID().slice(0, 8)}`,
    version: 1,
    schema: Note,
    keyedBy: 'anything',
    partitions,
    retention,
  });
}

/** Records 0 … count-1 over some keys; within a key, `n` grows. */
export function notes(count: number, keys = 20, from = 0): { key: string; data: Note }[] {
  return Array.from({ length: count }, (_, index) => ({
    key: `key-${(from + index) % keys}`,
    data: { n: from + index },
  }));
}
