import { z } from 'zod';
import { text } from './primitives.js';

/** Query of every list: page size, opaque cursor of the page before, sort field (`-` first for descending), free text. */
export const ListQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(1000).optional(),
  sort: z.string().max(60).optional(),
  q: text(200).optional(),
});
export type ListQuery = z.output<typeof ListQuery>;

/** Answer of every list. */
export const listOf = <S extends z.ZodType>(item: S) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable(), total: z.int().min(0) });

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
  total: number;
}
