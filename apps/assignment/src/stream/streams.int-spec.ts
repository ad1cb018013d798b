import { ApiKey, FeatureFlag, Project } from '@assay/models';
import { Directory } from '@assay/auth';
import type { OfrepBulk } from '@assay/contracts';
import { aFlag } from '@assay/testing';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Environments } from '../environment/environments.service.js';
import { AssignmentProcess } from '../testing/assignment-process.js';
import { EventReader } from '../testing/event-reader.js';
import { ofrepSchema } from '../testing/ofrep-schema.js';
import { Streams } from './streams.service.js';

const PATH = '/ofrep/v1/evaluate/flags';
const schemaProblem = ofrepSchema();
const open: EventReader[] = [];

let node: AssignmentProcess;
let scene: Awaited<ReturnType<AssignmentProcess['project']>>;
let flag: FeatureFlag;

beforeAll(async () => {
  node = await AssignmentProcess.start();
  scene = await node.project();
  flag = await aSwitch(scene.project);
});
afterEach(() => {
  for (const reader of open.splice(0)) reader.close();
});
afterAll(() => node.stop());

const aSwitch = (project: Project): Promise<FeatureFlag> =>
  node.flag(async (em) => {
    const row = aFlag(em, { project: await em.findOneOrFail(Project, project.id) });
    const [variants, rules] = [{ on: true, off: false }, []];
    const definition = {
      key: row.key,
      type: 'boolean',
      on: true,
      variants,
      off: null,
      rules,
      default: { variant: 'on' },
    };
    return em.assign(row, { definition, clientSide: true });
  });

/** Another version of the flag. */
const change = (): Promise<FeatureFlag> =>
  node.flag(async (em) => {
    const row = await em.findOneOrFail(FeatureFlag, flag.id);
    return em.assign(row, { description: `${row.version}`, updatedAt: new Date() });
  });

const bulk = (targetingKey: string, { as = scene.key, headers = {}, query = '' } = {}) =>
  node.post<OfrepBulk>(`${PATH}${query}`, { context: { targetingKey } }, { as, headers });

async function addressFor(targetingKey: string, as = scene.key): Promise<string> {
  const [stream] = (await bulk(targetingKey, { as })).body.eventStreams ?? [];
  return `${node.url}${stream?.endpoint.requestUri ?? ''}`;
}

async function listen(url: string, headers: Record<string, string> = {}): Promise<EventReader> {
  const reader = await EventReader.open(url, headers);
  open.push(reader);
  return reader;
}

describe('a stream of flag changes', () => {
  it('is named in the bulk answer of api keys, and tells of a change in the words of OFREP', async () => {
    const first = await bulk('u1');
    if (schemaProblem !== undefined) expect(schemaProblem('bulkEvaluationSuccess', first.body)).toBe('');
    expect(first.body.eventStreams).toMatchObject([{ type: 'sse', inactivityDelaySec: 120 }]);
    const reader = await listen(await addressFor('u1'));
    expect(reader.status).toBe(200);
    expect(reader.headers.get('content-type')).toMatch(/^text\/event-stream/);
    await change();
    const [event] = await reader.until(1);
    expect(event).toMatchObject({ event: 'message', id: expect.stringMatching(/^[0-9a-z]+$/) as string });
    const data = JSON.parse(event?.data ?? '') as Record<string, unknown>;
    expect(data).toEqual({ type: 'refetchEvaluation', etag: event?.id, lastModified: expect.any(Number) as number });
    if (schemaProblem !== undefined) expect(schemaProblem('sseEventData', data)).toBe('');
    const etag = first.headers.get('etag') ?? '';
    const again = await bulk('u1', {
      headers: { 'if-none-match': etag },
      query: `?flagConfigEtag=${event?.id ?? ''}&flagConfigLastModified=${String(data.lastModified)}`,
    });
    expect(again.status).toBe(200);
  });

  it('replays what was missed after Last-Event-ID, in order, and nothing twice', async () => {
    const url = await addressFor('u2');
    const reader = await listen(url);
    await change();
    const [seen] = await reader.until(1);
    reader.close();
    for (let missed = 0; missed < 3; missed += 1) {
      await change();
      await sleep(30);
    }
    const back = await listen(url, { 'last-event-id': seen?.id ?? '' });
    const events = await back.until(3);
    expect(new Set(events.map(({ id }) => id)).size).toBe(3);
    const upToDate = await listen(url, { 'last-event-id': events[2]?.id ?? '' });
    await sleep(100);
    expect([back.events.length, upToDate.events.length]).toEqual([3, 0]);
  });

  it('tells of the present state whoever comes from an unknown one, or fetched before the last change', async () => {
    const url = await addressFor('u3');
    await change();
    const [late, lost, garbled] = await Promise.all([
      listen(url),
      listen(url, { 'last-event-id': 'neverseen' }),
      listen(url, { 'last-event-id': 'x:\u00e9 y' }),
    ]);
    const ids = await Promise.all([late, lost, garbled].map(async (reader) => (await reader.until(1)).at(-1)?.id));
    expect(new Set(ids).size).toBe(1);
  });

  it('has the same ids in another process', async () => {
    const other = await AssignmentProcess.start(node.databaseUrl);
    try {
      await bulk('u4');
      await other.post(PATH, { context: { targetingKey: 'u4' } }, { as: scene.key });
      const place = { projectId: scene.project.id, environmentId: scene.project.environments.getItems()[0]?.id ?? '' };
      const prints = [node, other].map(({ app }) => app.get(Environments).view(place).fingerprint);
      expect(prints[0]).toBe(prints[1]);
      const url = (await addressFor('u4')).replace(node.url, other.url);
      const reader = await listen(url, { 'last-event-id': prints[0] ?? '' });
      await change();
      expect(await reader.until(1)).toHaveLength(1);
    } finally {
      await other.stop();
    }
  });

  it('is 401 without a good token, and ends when its key is revoked', async () => {
    const key = await node.key(scene.project, 'client');
    const url = await addressFor('u5', key);
    expect((await listen(url.replace(/token=\w{4}/, 'token=0000'))).status).toBe(401);
    expect((await listen(`${node.url}/ofrep/v1/stream`)).status).toBe(400);
    const reader = await listen(url);
    await node.app.get(Streams).beat();
    expect(reader.isOpen).toBe(true);
    const row = await node.em.findOneOrFail(ApiKey, { prefix: key.slice(0, 'assay_ck_'.length + 4) });
    await node.em.nativeUpdate(ApiKey, { id: row.id }, { revokedAt: new Date() });
    node.app.get(Directory).forget({ resource: 'api_key', id: row.id });
    await node.app.get(Streams).beat();
    await reader.untilClosed();
    expect((await listen(url)).status).toBe(401);
  });

  it('shows that it is there', async () => {
    const reader = await listen(await addressFor('u6'));
    await node.app.get(Streams).beat();
    await sleep(50);
    expect(reader.text).toMatch(/^retry: \d+\nid: [0-9a-z]+\n\n:\n\n$/);
    expect(reader.events).toEqual([]);
  });

  it('is dropped when its client does not read; others are not delayed', async () => {
    const url = new URL(await addressFor('stuck'));
    const stuck = connect(Number(url.port), url.hostname);
    stuck.pause();
    stuck.write(`GET ${url.pathname}${url.search} HTTP/1.1\r\nhost: x\r\n\r\n`);
    const reader = await listen(await addressFor('u7'));
    const place = { projectId: scene.project.id, environmentId: scene.project.environments.getItems()[0]?.id ?? '' };
    const streams = node.app.get(Streams);
    const hub = streams.hub(node.app.get(Environments).view(place));
    while (hub.size < 2) await sleep(5);
    // What the system's buffers take is not ours; behind them, this process keeps little and then lets go.
    const client = [...hub.all()].find(({ listener }) => listener.client === url.searchParams.get('client'));
    const filler = Buffer.alloc(16_384, ':\n\n');
    for (let refused = 0; refused < 5;) {
      if (client?.send(filler) === true) refused = 0;
      else refused += 1;
      if (refused > 0) await sleep(10);
    }
    expect(client?.waiting).toBeLessThan(64_000);
    const before = streams.dropped;
    await change();
    await reader.until(1);
    expect([streams.dropped - before, hub.size]).toEqual([1, 1]);
    stuck.destroy();
  });
});

describe('the definitions for SDKs', () => {
  it('come with an ETag, and their stream with the same names', async () => {
    const headers = { 'user-agent': 'sdk' };
    const first = await node.get<Record<string, unknown>>('/sdk/v1/definitions?client=c1', { as: scene.key, headers });
    expect(first.status).toBe(200);
    const { etag } = first.body as { etag: string };
    expect(first.headers.get('etag')).toBe(`"${etag}"`);
    expect(first.body).toMatchObject({
      project: scene.project.key,
      environment: 'production',
      flags: { [flag.key]: { key: flag.key, type: 'boolean' } },
      versions: { [flag.key]: expect.any(Number) as number },
    });
    const same = await node.get('/sdk/v1/definitions?client=c1', {
      as: scene.key,
      headers: { 'if-none-match': `"${etag}"` },
    });
    expect(same.status).toBe(304);
    const reader = await listen(`${node.url}/sdk/v1/stream?client=c1&since=${etag}`, {
      authorization: `Bearer ${scene.key}`,
    });
    await change();
    const [event] = await reader.until(1);
    const next = await node.get<{ etag: string }>('/sdk/v1/definitions?client=c1', { as: scene.key });
    expect(next.body.etag).toBe(event?.id);
    expect(next.body.etag).not.toBe(etag);
  });

  it('are not for keys that may be published', async () => {
    const key = await node.key(scene.project, 'client');
    expect((await node.get('/sdk/v1/definitions', { as: key })).status).toBe(403);
    expect((await listen(`${node.url}/sdk/v1/stream`, { authorization: `Bearer ${key}` })).status).toBe(403);
  });
});

it('ends its streams at once when the server stops', async () => {
  const own = await AssignmentProcess.start(node.databaseUrl);
  const reader = await listen((await addressFor('u8')).replace(node.url, own.url));
  expect(reader.status).toBe(200);
  // A server that is stopping waits for the answers it has begun: a stream that went on would keep it for ever.
  await own.stop();
  await reader.untilClosed();
});
