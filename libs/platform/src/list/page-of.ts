import { AppError, type ListQuery, type Page } from '@assay/contracts';
import type { EntityManager, EntityName, FilterQuery, FindOptions, QueryOrderMap } from '@mikro-orm/postgresql';

/** What a list may be sorted and searched by; the default sort comes first (`-` for descending). */
export interface ListRules<T> {
  readonly sortable: readonly [Sort<T>, ...Sort<T>[]];
  /** Text fields that `q` looks into (contains, ignoring case). */
  readonly searchable?: readonly (keyof T & string)[];
  readonly populate?: readonly string[];
}
type Sort<T> = (keyof T & string) | `-${keyof T & string}`;

interface Cursor {
  readonly sort: string;
  readonly value: string | number | null;
  readonly id: string;
}

/**
 * One page of a list by keyset, so that page 1,000 costs what page 1 does: rows after the cursor in the order
 * (sort field, id).
 *
 * @throws AppError `validation_failed` when `sort` is not offered or `cursor` is not ours.
 */
export async function pageOf<T extends { id: string }>(
  em: EntityManager,
  entity: EntityName<T>,
  where: FilterQuery<T>,
  query: Pick<ListQuery, 'limit' | 'cursor' | 'sort' | 'q'>,
  rules: ListRules<T>,
): Promise<Page<T>> {
  const { field, direction, name } = chosenSort(query.sort, rules);
  const search = searchFilter(query.q, rules);
  const filters = search === undefined ? [where] : [where, search];
  const total = await em.count(entity, { $and: filters } as never);
  const after = query.cursor === undefined ? [] : [afterCursor(readCursor(query.cursor, name), field, direction)];
  const options = {
    orderBy: [{ [field]: direction }, { id: direction }] as QueryOrderMap<T>[],
    limit: query.limit + 1,
    ...(rules.populate === undefined ? {} : { populate: rules.populate }),
  };
  const rows = await em
    .find(entity, { $and: [...filters, ...after] } as never, options as unknown as FindOptions<T>)
    .catch((error: unknown) => {
      // Only an invented cursor can hold values that are not of their column's type.
      throw query.cursor !== undefined && isDataError(error) ? notOurCursor() : error;
    });
  const items = rows.slice(0, query.limit) as T[];
  const last = rows.length > query.limit ? items.at(-1) : undefined;
  return { items, total, nextCursor: last === undefined ? null : writeCursor(last, name, field) };
}

function chosenSort<T>(asked: string | undefined, rules: ListRules<T>) {
  const fallback = rules.sortable[0];
  const offered = rules.sortable.map((sort) => sort.replace(/^-/, ''));
  const name = asked ?? fallback;
  const field = name.replace(/^-/, '');
  if (!offered.includes(field))
    throw AppError.field('sort', `must be one of ${offered.join(', ')}, with - first to descend`);
  return { field, direction: name.startsWith('-') ? ('desc' as const) : ('asc' as const), name };
}

function searchFilter<T>(q: string | undefined, rules: ListRules<T>): FilterQuery<T> | undefined {
  if (q === undefined || q === '' || rules.searchable === undefined) return undefined;
  const pattern = `%${q.replace(/[\\%_]/g, '\\$&')}%`;
  return { $or: rules.searchable.map((field) => ({ [field]: { $ilike: pattern } })) } as unknown as FilterQuery<T>;
}

function afterCursor(cursor: Cursor, field: string, direction: 'asc' | 'desc'): object {
  const op = direction === 'asc' ? '$gt' : '$lt';
  if (field === 'id') return { id: { [op]: cursor.id } };
  return {
    $or: [{ [field]: { [op]: cursor.value } }, { [field]: cursor.value, id: { [op]: cursor.id } }],
  };
}

function writeCursor<T extends { id: string }>(row: T, sort: string, field: string): string {
  const value: unknown = row[field as keyof T];
  const plain = value instanceof Date ? value.toISOString() : (value as string | number | null);
  return Buffer.from(JSON.stringify({ sort, value: plain, id: row.id } satisfies Cursor)).toString('base64url');
}

const notOurCursor = (): AppError => AppError.field('cursor', 'is not a nextCursor of this list with this sort');

/** SQLSTATE class 22: a value does not fit its type. */
const isDataError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('22');

function readCursor(text: string, sort: string): Cursor {
  try {
    const cursor = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Partial<Cursor>;
    if (cursor.sort === sort && typeof cursor.id === 'string' && cursor.value !== undefined) return cursor as Cursor;
  } catch {
    // falls through to the same complaint as a cursor of another list
  }
  throw notOurCursor();
}
