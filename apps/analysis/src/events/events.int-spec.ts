import type { Page, Problem, StoredEvent } from '@assay/contracts';
import { ServedAnalysis } from '../testing/served-analysis.js';

let analysis: ServedAnalysis;
beforeAll(async () => {
  analysis = await ServedAnalysis.start({ transport: 'postgres' });
});
afterAll(() => analysis.stop());

const list = async (query: string) =>
  (await analysis.call<Page<StoredEvent>>('GET', `/api/v1/events?limit=1&${query}`)).body;

/** Rows as they are stored, of one user and type, and the ledger that counts them. */
async function store(userId: string, count: number): Promise<void> {
  await analysis.sql.query(
    `INSERT INTO experimentation.events (id, project_id, event_id, event_type, user_id, event_metadata, created_at)
     SELECT gen_random_uuid(), $1, number::text, 'type of ' || $2, $2, '{}', now() FROM generate_series(1, $3) AS number`,
    [analysis.projectId, userId, count],
  );
  await countAs(analysis.projectId, count);
}

const countAs = (projectId: string, stored: number) =>
  analysis.sql.query(
    `INSERT INTO experimentation.ledger_counters (project_id, shard, consumed, stored, duplicate)
     VALUES ($1, (SELECT count(*) FROM experimentation.ledger_counters), $2, $2, 0)`,
    [projectId, stored],
  );

describe('the total of a list of events', () => {
  it('is exact up to ten thousand of a filter, and what the ledger says without one; no question reads very many events', async () => {
    await store('some', 10_000);
    await store('many', 10_001);
    const totals = async (query: string) => (await list(query)).total;
    expect([await totals(''), await totals('q=')]).toEqual([20_001, 20_001]);
    expect([await totals('userId=some'), await totals('userId=many')]).toEqual([10_000, null]);
    expect([await totals('eventType=type%20of%20some'), await totals('q=ma')]).toEqual([10_000, null]);
    expect([await totals('userId=nobody'), await totals('project=other')]).toEqual([0, 0]);
    // With so many events beside them, only an index leads to those of a filter.
    await countAs(analysis.otherProjectId, 1_000_000);
    expect([await totals('eventType=type%20of%20some'), await totals('userId=some')]).toEqual([null, 10_000]);
    expect(await totals('')).toBe(20_001);
    const oldest = (query: string) => analysis.call<Problem>('GET', `/api/v1/events?sort=timestamp&${query}`);
    expect((await oldest('userId=some')).status).toBe(200);
    expect(await oldest('eventType=a')).toMatchObject({ status: 400, body: { errors: [{ path: 'sort' }] } });
  });

  it.each(['userId=%00', 'eventType=a%00', 'sort=userId', 'q=%00', 'cursor=abc'])(
    'is not given for %s',
    async (query) => {
      const { status, body } = await analysis.call<Problem>('GET', `/api/v1/events?${query}`);
      expect([status, body.code]).toEqual([400, 'validation_failed']);
    },
  );
});
