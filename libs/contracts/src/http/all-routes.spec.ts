import { z } from 'zod';
import { allRoutes } from './all-routes.js';

const fieldsOf = (schema: z.ZodType | undefined): string[] =>
  schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];

describe('the calls of the interface', () => {
  it('page, sort and search every list alike', () => {
    const lists = allRoutes.filter(({ success }) => fieldsOf(success.schema).includes('nextCursor'));
    expect(lists.length).toBeGreaterThan(15);
    const lacking = lists
      .map(({ id, query }) => [id, ['limit', 'cursor', 'sort', 'q'].filter((name) => !fieldsOf(query).includes(name))])
      .filter(([, missing]) => missing?.length !== 0);
    expect(lacking).toEqual([]);
  });

  it('may be sent again where they make something', () => {
    const making = allRoutes.filter(({ method, success }) => method === 'POST' && success.status === 201);
    expect(making.length).toBeGreaterThan(8);
    expect(making.filter(({ idempotent }) => idempotent === undefined).map(({ id }) => id)).toEqual([]);
  });
});
