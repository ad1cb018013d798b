import { ListQuery } from '@assay/contracts';
import { pageOfValues, type ValueRules } from './page-of-values.js';

interface Thing {
  readonly id: string;
  readonly name: string;
  readonly size: number;
}
const RULES: ValueRules<Thing> = { sortable: ['name', 'size'], searchable: ['name'] };
const things: Thing[] = ['pear', 'Apple', 'fig', 'apple pie', 'grape'].map((name, index) => ({
  id: `id-${index}`,
  name,
  size: [10, 9, 10, 1, 100][index] ?? 0,
}));
const page = (query: object) => pageOfValues(things, ListQuery.parse(query), RULES);
const names = (query: object): string[] => page(query).items.map(({ name }) => name);

describe('a page of values', () => {
  it('holds all that fit, in their order', () => {
    expect(page({})).toEqual({ items: things, nextCursor: null, total: 5 });
  });

  it('sorts numbers as numbers, and what is equal always alike', () => {
    expect(names({ sort: 'size' })).toEqual(['apple pie', 'Apple', 'pear', 'fig', 'grape']);
    expect(names({ sort: '-size' })).toEqual(['grape', 'fig', 'pear', 'Apple', 'apple pie']);
    expect(things[0]?.name).toBe('pear');
  });

  it('looks for a text, ignoring case', () => {
    expect(page({ q: 'APPLE' })).toMatchObject({ total: 2, nextCursor: null });
    expect(names({ q: 'nothing' })).toEqual([]);
  });

  it.each([{}, { sort: 'name' }, { sort: '-size', q: 'p' }])('leads through %j by its cursors', (query) => {
    const all = page(query);
    const seen: Thing[] = [];
    for (let cursor: string | undefined; ;) {
      const part = page({ ...query, limit: '2', ...(cursor === undefined ? {} : { cursor }) });
      expect(part.total).toBe(all.total);
      seen.push(...part.items);
      if (part.nextCursor === null) break;
      cursor = part.nextCursor;
    }
    expect(seen).toEqual(all.items);
  });

  it('refuses another sort and a cursor of something else', () => {
    expect(() => page({ sort: 'id' })).toThrow('sort: must be one of name, size');
    expect(() => page({ cursor: 'abc' })).toThrow('cursor: is not a nextCursor of this list');
  });
});
