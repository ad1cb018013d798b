import type { AcceptedEvent } from '@assay/contracts';
import { createTestDatabase, type TestDatabase } from '@assay/testing';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { readHistory } from './read-history.js';
import { storeEvents } from './store-events.js';

const PROJECT = randomUUID();
const DAY = 86_400_000;
const NOW = Date.parse('2026-06-01T00:00:00Z');

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

const event = (userId: string, at: number, changes: Partial<AcceptedEvent> = {}): AcceptedEvent => ({
  key: randomUUID(),
  id: randomUUID(),
  projectId: PROJECT,
  eventType: 'purchase',
  userId,
  at,
  value: null,
  experimentId: null,
  variantId: null,
  flagId: null,
  metadata: null,
  ...changes,
});

it('reads each user from a beginning of its own, however far apart they lie, in the order of time and key', async () => {
  const [early, late] = ['00000000-0000-8000-8000-000000000001', 'ffffffff-0000-8000-8000-000000000001'];
  const wanted = [
    { userId: 'old', from: NOW - 900 * DAY },
    { userId: 'new', from: NOW },
    { userId: 'near', from: NOW - DAY },
    { userId: 'silent', from: NOW },
  ];
  await storeEvents(client, [
    event('old', NOW, { key: late }),
    event('old', NOW, { key: early }),
    event('old', NOW - 900 * DAY),
    event('old', NOW - 900 * DAY - 1),
    event('new', NOW - 1),
    event('new', NOW),
    event('near', NOW - DAY - 1),
    event('near', NOW - DAY),
    event('near', NOW, { eventType: 'other' }),
    event('near', NOW, { projectId: randomUUID() }),
  ]);
  const histories = await readHistory(client, PROJECT, wanted, ['purchase'], false);
  const found = new Map([...histories].map(([user, events]) => [user, events.map(({ at }) => at)]));
  expect(found).toEqual(
    new Map([
      ['old', [NOW - 900 * DAY, NOW, NOW]],
      ['new', [NOW]],
      ['near', [NOW - DAY]],
    ]),
  );
  expect(histories.get('old')?.map(({ key }) => key)).toEqual([expect.any(String), early, late]);
});
