import { z } from 'zod';
import { allRoutes } from './all-routes.js';

const early = '2026-11-22T12:00:00Z';
const late = '2026-11-22T13:00:00Z';

describe('a period', () => {
  const reads = allRoutes.filter(({ query }) => query !== undefined && 'from' in query.shape && 'to' in query.shape);

  it('ends after it begins, whatever is read', () => {
    expect(reads.map(({ id }) => id)).toEqual(expect.arrayContaining(['readResults', 'listEvents']));
    for (const { query } of reads) {
      for (const open of [{}, { from: late }, { to: early }, { from: early, to: late }]) {
        expect(query?.safeParse(open).success).toBe(true);
      }
      // One hour east of Greenwich 13:00 is 12:00.
      for (const [from, to] of [
        [late, early],
        [early, early],
        [early, '2026-11-22T13:00:00+01:00'],
      ]) {
        const error = query?.safeParse({ from, to }).error;
        expect(error instanceof z.ZodError && error.issues.map(({ path }) => path)).toEqual([['to']]);
      }
    }
  });
});
