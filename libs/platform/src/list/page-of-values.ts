import { AppError, type ListQuery, type Page } from '@assay/contracts';

/** What a list in memory may be sorted and searched by. Unasked, its order is that of the values. */
export interface ValueRules<T> {
  readonly sortable: readonly (keyof T & string)[];
  /** Text fields that `q` looks into (contains, ignoring case). */
  readonly searchable: readonly (keyof T & string)[];
}

/**
 * One page of values that are all at hand, by the rules of every other list.
 *
 * @throws AppError `validation_failed` when `sort` is not offered or `cursor` is not ours
 */
export function pageOfValues<T extends { readonly id: string }>(
  values: readonly T[],
  { limit, cursor, sort, q }: ListQuery,
  rules: ValueRules<T>,
): Page<T> {
  const found = sorted(
    values.filter((value) => matches(value, q, rules)),
    sort,
    rules,
  );
  const start = cursor === undefined ? 0 : placeAfter(found, cursor);
  const items = found.slice(start, start + limit);
  const last = start + limit < found.length ? items.at(-1) : undefined;
  return { items, total: found.length, nextCursor: last === undefined ? null : textOf(last.id) };
}

function matches<T>(value: T, q: string | undefined, { searchable }: ValueRules<T>): boolean {
  if (q === undefined || q === '') return true;
  return searchable.some((field) => String(value[field]).toLowerCase().includes(q.toLowerCase()));
}

function sorted<T extends { readonly id: string }>(values: T[], sort: string | undefined, rules: ValueRules<T>): T[] {
  if (sort === undefined) return values;
  const field = rules.sortable.find((name) => name === sort.replace(/^-/, ''));
  if (field === undefined)
    throw AppError.field('sort', `must be one of ${rules.sortable.join(', ')}, with - first to descend`);
  const direction = sort.startsWith('-') ? -1 : 1;
  return values.sort((a, b) => direction * (compare(a[field], b[field]) || compare(a.id, b.id)));
}

function compare(a: unknown, b: unknown): number {
  const [one, other] = typeof a === 'number' && typeof b === 'number' ? [a, b] : [String(a), String(b)];
  return one < other ? -1 : Number(one > other);
}

function placeAfter(values: readonly { readonly id: string }[], cursor: string): number {
  const id = Buffer.from(cursor, 'base64url').toString('utf8');
  const index = values.findIndex((value) => value.id === id);
  if (index < 0) throw AppError.field('cursor', 'is not a nextCursor of this list');
  return index + 1;
}

const textOf = (id: string): string => Buffer.from(id).toString('base64url');
