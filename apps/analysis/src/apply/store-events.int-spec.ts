import type { AcceptedEvent } from '@assay/contracts';
import { createTestDatabase, type TestDatabase } from '@assay/testing';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { storeEvents } from './store-events.js';

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const PROJECTS = [randomUUID(), randomUUID()] as const;
const event = (fields: Partial<AcceptedEvent> = {}): AcceptedEvent => {
  const key = randomUUID();
  const base = { key, id: key, projectId: PROJECTS[0], eventType: 'purchase', userId: 'u', at: 0, value: null };
  return { ...base, experimentId: null, variantId: null, flagId: null, metadata: null, ...fields };
};
const keys = (events: readonly AcceptedEvent[]): string[] => events.map(({ key }) => key).sort();

it('keeps times to the millisecond, however long ago', async () => {
  const times = [
    '0001-01-01T00:00:00.001Z',
    '0999-12-31T23:59:59.999Z',
    '1969-12-31T23:59:59.501Z',
    '2026-11-22T12:00:00.123Z',
  ];
  const events = times.map((time) => event({ at: Date.parse(time) }));
  await storeEvents(client, events);
  const { rows } = await client.query<{ id: string; exact: boolean; ms: number }>(
    `SELECT id, date_trunc('milliseconds', created_at) = created_at AS exact, date_part('epoch', created_at) * 1000 AS ms
     FROM experimentation.events WHERE id = ANY ($1::uuid[])`,
    [keys(events)],
  );
  const at = new Map(rows.map(({ id, ms }) => [id, Math.round(ms)]));
  expect(rows.map(({ exact }) => exact)).toEqual(times.map(() => true));
  expect(events.map(({ key }) => at.get(key))).toEqual(events.map((each) => each.at));
});

it('keeps every character of texts and metadata', async () => {
  const odd = `a"b\\c{d},e'f NULL \n\t é 漢 \u{1F600}`;
  const written = event({ eventType: odd, userId: 'NULL', metadata: { [odd]: [odd, null, { x: 1.5 }] }, value: -0.1 });
  await storeEvents(client, [written]);
  const { rows } = await client.query<Record<string, unknown>>(
    'SELECT event_type, user_id, event_metadata, value FROM experimentation.events WHERE id = $1',
    [written.key],
  );
  expect(rows).toEqual([{ event_type: odd, user_id: 'NULL', event_metadata: written.metadata, value: -0.1 }]);
});

it('returns the events that were new: not those of an earlier batch, and each of this one once', async () => {
  const old = [event(), event({ projectId: PROJECTS[1] })];
  const fresh = [event(), event({ projectId: PROJECTS[1] }), event()];
  expect(keys(await stored(old))).toEqual(keys(old));
  const resent = fresh.map((each) => ({ ...each, at: each.at + 5_000 }));
  expect(keys(await stored([...old, ...fresh, ...resent]))).toEqual(keys(fresh));
  expect(await stored([...old, ...fresh])).toEqual([]);
  expect(await stored([])).toEqual([]);
});

/** In a transaction of its own, as batches are stored. */
async function stored(events: readonly AcceptedEvent[]): Promise<AcceptedEvent[]> {
  await client.query('BEGIN');
  const fresh = await storeEvents(client, events);
  await client.query('COMMIT');
  return fresh;
}
