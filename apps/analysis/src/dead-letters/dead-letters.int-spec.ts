import { randomUUID } from 'node:crypto';
import {
  auditRecorded,
  eventAccepted,
  eventReplayed,
  type AcceptedEvent,
  type AuditRecord,
  type DeadLetter,
  type DeadLetterWithPayload,
  type Ledger,
  type Page,
  type Problem,
} from '@assay/contracts';
import { LogProducer, LogTail } from '@assay/messaging';
import { testBroker, until } from '@assay/testing';
import { ServedAnalysis, type Transport } from '../testing/served-analysis.js';

const BROKEN = '{"specversion":"1.0", broken}';

const event = (projectId: string, id: string): AcceptedEvent => ({
  key: randomUUID(),
  id,
  projectId,
  eventType: 'purchase',
  userId: 'raw',
  at: Date.parse('2026-11-22T12:00:00Z'),
  value: 1,
  experimentId: null,
  variantId: null,
  flagId: null,
  metadata: null,
});

const envelope = (data: AcceptedEvent) => ({
  specversion: '1.0',
  id: randomUUID(),
  type: eventAccepted.type,
  source: '/test',
  time: '2026-11-22T12:00:00Z',
  subject: 'raw',
  datacontenttype: 'application/json',
  scope: data.projectId,
  data,
});

const broker = testBroker();
const transports: Transport[] = [{ transport: 'postgres' }];
if ('skip' in broker) process.stderr.write(`Dead letters are not tested with Kafka here: ${broker.skip}.\n`);
else {
  const kafka = { brokers: broker.brokers, clientId: 'analysis-test', prefix: `dead-${randomUUID().slice(0, 8)}-` };
  transports.push({ transport: 'kafka', kafka });
}

describe.each(transports)('dead letters over HTTP, log in $transport', (transport) => {
  let analysis: ServedAnalysis;
  const audits: AuditRecord[] = [];
  const DEAD = '/api/v1/dead-letters';
  const letters = (query = ''): Promise<{ body: Page<DeadLetter> }> => analysis.call('GET', `${DEAD}${query}`);
  const stored = async (): Promise<string[]> => {
    const { body } = await analysis.call<{ items: { id: string }[] }>('GET', '/api/v1/events?limit=200');
    return body.items.map(({ id }) => id).sort();
  };
  beforeAll(async () => {
    analysis = await ServedAnalysis.start(transport);
    const { projectId, app } = analysis;
    await warmed(app.get(LogProducer), projectId);
    await app.get(LogTail).subscribe(auditRecorded, ({ envelope: { data } }) => void audits.push(data));
    const send = (id: string): Promise<void> =>
      app.get(LogProducer).append(eventAccepted, [{ key: 'raw', scope: projectId, data: event(projectId, id) }]);
    const sound = envelope(event(projectId, 'later'));
    await send('before');
    await analysis.appendRaw(eventAccepted, [BROKEN], null);
    await analysis.appendRaw(
      eventAccepted,
      [JSON.stringify({ ...sound, specversion: '2.0' }), JSON.stringify({ ...sound, type: 'somebody.else' })],
      projectId,
    );
    const { otherProjectId } = analysis;
    const foreign = { ...envelope(event(otherProjectId, 'foreign')), data: { projectId: otherProjectId } };
    await analysis.appendRaw(eventAccepted, [JSON.stringify(foreign)], otherProjectId);
    await send('after');
  });
  afterAll(() => analysis.stop());

  it('puts malformed records aside with reason and tries, while the partition goes on', async () => {
    await until(async () => (await stored()).includes('after'), 'the event behind them is stored');
    expect(await stored()).toEqual(['after', 'before']);
    const { body } = await letters('?status=dead');
    expect(body.total).toBe(3);
    expect(
      body.items.map(({ code, error, attempts, offset, group }) => ({ code, error, attempts, offset, group })),
    ).toEqual(
      [
        ['wrong_type', 'type: must be "event.accepted", is "somebody.else".', 3],
        ['wrong_version', 'specversion: must be "1.0", is "2.0".', 2],
        ['not_json', expect.stringMatching(/JSON/) as string, 1],
      ].map(([code, error, offset]) => ({ code, error, attempts: 1, offset, group: 'analysis' })),
    );
    expect(body.items.map(({ projectId }) => projectId)).toEqual([analysis.projectId, analysis.projectId, null]);
  });

  it('shows the message as it was on the wire, and only to its project', async () => {
    const unreadable = (await letters('?limit=3')).body.items.at(-1)?.id ?? '';
    const shown = await analysis.call<DeadLetterWithPayload>('GET', `${DEAD}/${unreadable}`);
    expect(shown.body.payload).toContain(BROKEN);
    const foreign = (await letters('?project=other')).body.items.find(({ code }) => code === 'schema_mismatch');
    expect(foreign?.projectId).toBe(analysis.otherProjectId);
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/replay'],
      ['POST', '/discard'],
    ] as const) {
      expect((await analysis.call(method, `${DEAD}/${foreign?.id ?? ''}${path}`)).status).toBe(404);
    }
  });

  it('filters and pages', async () => {
    const first = (await letters('?limit=2')).body;
    const second = (await letters(`?limit=2&cursor=${first.nextCursor ?? ''}`)).body;
    expect([first.total, first.items.length, second.items.length, second.nextCursor]).toEqual([3, 2, 1, null]);
    const upwards = (await letters('?limit=2&sort=createdAt')).body;
    const last = (await letters(`?limit=2&sort=createdAt&cursor=${upwards.nextCursor ?? ''}`)).body;
    expect([...upwards.items, ...last.items].reverse()).toEqual([...first.items, ...second.items]);
    expect((await letters('?q=specversion%3A')).body).toMatchObject({ total: 1, items: [{ code: 'wrong_version' }] });
    expect((await letters('?q=version%3A')).body.total).toBe(0);
    expect((await letters(`?topic=${eventAccepted.name}&group=analysis`)).body.total).toBe(3);
    expect((await letters('?topic=assay.nothing.v1')).body.items).toEqual([]);
    expect((await analysis.call('GET', `${DEAD}?cursor=nonsense`)).status).toBe(400);
    expect((await analysis.call('GET', `${DEAD}?status=gone`)).status).toBe(400);
  });

  it('is for those with the permission', async () => {
    const [letter] = (await letters()).body.items;
    const refused = await Promise.all(
      [
        ['GET', ''],
        ['GET', `/${letter?.id ?? ''}`],
        ['POST', `/${letter?.id ?? ''}/replay`],
        ['POST', `/${letter?.id ?? ''}/discard`],
      ].map(([method = '', path = '']) => analysis.call<Problem>(method, `${DEAD}${path}`, analysis.keys.nobody)),
    );
    expect(refused.map(({ status, body }) => [status, body.code])).toEqual(Array(4).fill([403, 'forbidden']));
  });

  it('replays a message that can be read again, refuses one that cannot, and audits both decisions', async () => {
    const [wrongType, wrongVersion, notJson] = (await letters('?status=dead')).body.items.map(({ id }) => id);
    // As if the cause had been mended: the stored message is what a replay sends.
    await analysis.sql.query('UPDATE experimentation.dead_letters SET payload = $2 WHERE id = $1', [
      wrongVersion,
      JSON.stringify(envelope(event(analysis.projectId, 'mended'))),
    ]);
    const ledger = async () => (await analysis.call<Ledger>('GET', '/api/v1/ledger')).body;
    expect(await ledger()).toMatchObject({ stored: 2, deadLettered: 2, pending: 0 });
    const replayed = await analysis.call<DeadLetter>('POST', `${DEAD}/${wrongVersion ?? ''}/replay`);
    expect([replayed.status, replayed.body.status]).toEqual([200, 'replayed']);
    await until(async () => (await stored()).includes('mended'), 'the replayed event is stored');
    expect(await ledger()).toEqual({ received: 4, stored: 3, duplicate: 0, rejected: 0, deadLettered: 1, pending: 0 });
    const again = await analysis.call<Problem>('POST', `${DEAD}/${wrongVersion ?? ''}/replay`);
    expect([again.status, again.body.code]).toEqual([409, 'already_settled']);
    const unreadable = await analysis.call<Problem>('POST', `${DEAD}/${notJson ?? ''}/replay`);
    expect([unreadable.status, unreadable.body.code]).toEqual([409, 'not_replayable']);
    const discarded = await analysis.call<DeadLetter>('POST', `${DEAD}/${wrongType ?? ''}/discard`);
    expect([discarded.status, discarded.body.status]).toEqual([200, 'discarded']);
    expect((await letters('?status=dead')).body.items.map(({ id }) => id)).toEqual([notJson]);
    await until(() => Promise.resolve(audits.length >= 2), 'both are audited');
    expect(audits.map(({ action, resourceId }) => [action, resourceId])).toEqual([
      ['dead_letter.replayed', wrongVersion],
      ['dead_letter.discarded', wrongType],
    ]);
    expect(JSON.stringify(audits)).not.toContain('purchase');
  });
});

/** Connects the producer and makes the topics, however busy the machine is: offsets below count what is sent once. */
async function warmed(producer: LogProducer, projectId: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await producer.append(eventReplayed, [{ key: projectId, scope: projectId, data: { projectId, ids: [], at: 0 } }]);
      return;
    } catch (error) {
      if (tries > 10) throw error;
    }
  }
}
