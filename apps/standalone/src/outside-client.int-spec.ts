import type { Assignment, EventsAnswer, Ledger, Page, Problem, RefusedEvent, StoredEvent } from '@assay/contracts';
import { until } from '@assay/testing';
import { gzipSync } from 'node:zlib';
import { ownServer } from '../test/own-server.js';
import { startTwoHalves } from '../test/two-halves.js';

const own = ownServer();

/** What an api key gets. */
async function ask<T>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<T> {
  const init = {
    method: 'POST',
    headers: { 'x-api-key': own.serverKey, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
  return (await own.server.call<T>(`/api/v1${path}`, init)).body;
}

it('what the answer to a transition says holds from that answer on', async () => {
  const { id } = await startTwoHalves(own.server, 'at-once');
  const assigned = async (userId: string) => {
    const { enrolled, reason } = await ask<Assignment>('/assignments', { experiment: 'at-once', userId });
    return [enrolled, reason];
  };
  for (let round = 0; round < 5; round += 1) {
    await own.server.send('POST', `/experiments/${id}/pause`, {});
    expect(await assigned(`paused-${round}`)).toEqual([false, 'NOT_ACTIVE']);
    await own.server.send('POST', `/experiments/${id}/resume`, {});
    expect(await assigned(`resumed-${round}`)).toEqual([true, 'ASSIGNED']);
  }
  await own.server.send('POST', `/experiments/${id}/pause`, {});
  await own.server.send('POST', `/experiments/${id}/archive`, {});
  const exposure = { eventType: '$exposure', userId: 'late', experiment: 'at-once', variant: 'control' };
  const { rejected } = await ask<EventsAnswer>('/events', { events: [exposure] });
  expect(rejected.map(({ code }) => code)).toEqual(['experiment_not_running']);
});

describe('events', () => {
  const ndjson = { 'content-type': 'application/x-ndjson' };
  const bought = (userId: string, more: object = {}) => ({ eventType: 'bought', userId, ...more });
  /** Where every event is, once none is on its way. */
  async function settled(): Promise<Ledger> {
    let ledger = await own.server.read<Ledger>('/ledger');
    await until(async () => (ledger = await own.server.read<Ledger>('/ledger')).pending === 0);
    const { received, stored, duplicate, rejected, deadLettered } = ledger;
    expect(received).toBe(stored + duplicate + rejected + deadLettered);
    return ledger;
  }

  it('that cannot be read or stored are refused one by one, and none is lost', async () => {
    const before = await settled();
    const lines = [
      JSON.stringify(bought('line-1')),
      '{"eventType":"bought","userId":',
      JSON.stringify(bought('line-2', { id: null, timestamp: null, metadata: { path: 'C:\\u0000' } })),
      '{"eventType":"bought","userId":"line-3","metadata":{"half":"\\ud83d"}}',
      '{"eventType":"bought","userId":"line-4\\udc00"}',
      'not json \u0000 at all',
    ];
    const answer = await ask<EventsAnswer>('/events', lines.join('\n'), ndjson);
    expect(answer.accepted).toBe(2);
    expect(answer.rejected.map(({ index, code }) => [index, code])).toEqual([
      [1, 'invalid_json'],
      [3, 'validation_failed'],
      [4, 'validation_failed'],
      [5, 'invalid_json'],
    ]);
    const after = await settled();
    expect([after.stored - before.stored, after.rejected - before.rejected, after.deadLettered]).toEqual([2, 4, 0]);
    const [event] = (await own.server.read<Page<StoredEvent>>('/events?userId=line-2')).items;
    expect(event?.metadata).toEqual({ path: 'C:\\u0000' });
    const refused = (path: string) => own.server.read<Page<RefusedEvent>>(`/events/rejected?${path}`);
    expect((await refused('q=metadata%3A')).items.map((each) => each.event)).toMatchObject([{ userId: 'line-3' }]);
    const [oldest, newest] = [await refused('sort=rejectedAt'), await refused('sort=-rejectedAt')];
    expect(oldest.items.map(({ id }) => id)).toEqual(newest.items.map(({ id }) => id).reverse());
  });

  it('of a body that breaks off are not stored, not even the first', async () => {
    const before = await settled();
    const lines = Array.from({ length: 500 }, (_, index) => JSON.stringify(bought(`broken-${index}`))).join('\n');
    const init = {
      method: 'POST',
      headers: { 'x-api-key': own.serverKey, ...ndjson, 'content-encoding': 'gzip' },
      body: gzipSync(lines).subarray(0, -20),
    };
    expect((await own.server.call('/api/v1/events', init)).status).toBe(400);
    expect(await settled()).toEqual(before);
  });

  it('without ids are stored once when their request is sent again under its Idempotency-Key', async () => {
    const body = { events: [bought('again-1'), bought('again-1'), bought('again-2', { colour: 'red' })] };
    const keyed = { 'idempotency-key': 'sent-again' };
    const first = await ask<EventsAnswer>('/events', body, keyed);
    expect(await ask<EventsAnswer>('/events', body, keyed)).toEqual(first);
    const lines = [...body.events, bought('again-3')].map((event) => JSON.stringify(event)).join('\n');
    await ask<EventsAnswer>('/events', lines, { ...ndjson, ...keyed });
    await settled();
    expect(await own.server.read('/events?q=again')).toMatchObject({ total: 3 });
    expect(await own.server.read('/events/rejected?q=colour')).toMatchObject({ total: 1 });
    await ask<EventsAnswer>('/events', { events: [bought('again-1')] }, { 'idempotency-key': 'another' });
    await settled();
    expect(await own.server.read('/events?userId=again-1')).toMatchObject({ total: 3 });
  });

  it('are listed with their number, in either direction of time', async () => {
    const events = [1, 2, 3].map((day) =>
      bought('listed', { timestamp: `2026-01-0${day}T00:00:00Z`, eventType: `e-${day}` }),
    );
    await ask<EventsAnswer>('/events', { events });
    const { stored } = await settled();
    const list = (query: string) => own.server.read<Page<StoredEvent>>(`/events?${query}`);
    expect((await list('limit=1')).total).toBe(stored);
    const types = async (query: string) => (await list(query)).items.map(({ eventType }) => eventType);
    expect(await types('userId=listed')).toEqual(['e-3', 'e-2', 'e-1']);
    const first = await list('userId=listed&sort=timestamp&limit=2');
    const rest = await list(`userId=listed&sort=timestamp&limit=2&cursor=${first.nextCursor ?? ''}`);
    expect([...first.items, ...rest.items].map(({ eventType }) => eventType)).toEqual(['e-1', 'e-2', 'e-3']);
    expect([first.total, rest.total, rest.nextCursor]).toEqual([3, 3, null]);
    expect(await list('eventType=e-2&q=list')).toMatchObject({ total: 1, items: [{ userId: 'listed' }] });
    expect(await list('q=l_sted')).toMatchObject({ total: 0 });
    expect((await list('sort=timestamp&limit=1')).items[0]?.eventType).toBe('e-1');
  });

  it('that are more than a thousand at once are too large a body', async () => {
    const events = Array.from({ length: 1_001 }, () => bought('many'));
    const { status, code, errors } = await ask<Problem>('/events', { events });
    expect([status, code, errors?.[0]?.path]).toEqual([413, 'payload_too_large', 'events']);
  });
});
