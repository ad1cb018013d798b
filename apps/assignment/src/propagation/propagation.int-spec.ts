import type { FlagPropagation, OfrepBulk } from '@assay/contracts';
import { FeatureFlag, Project } from '@assay/models';
import { aFlag } from '@assay/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { AssignmentProcess } from '../testing/assignment-process.js';
import { EventReader } from '../testing/event-reader.js';

let one: AssignmentProcess;
let two: AssignmentProcess;
let scene: Awaited<ReturnType<AssignmentProcess['project']>>;
let admin: string;
let flag: FeatureFlag;
const open: EventReader[] = [];

beforeAll(async () => {
  one = await AssignmentProcess.start();
  two = await AssignmentProcess.start(one.databaseUrl);
  scene = await one.project();
  admin = await one.superuser();
  flag = await one.flag(async (em) => {
    const row = aFlag(em, { project: await em.findOneOrFail(Project, scene.project.id), key: 'kill-switch' });
    const definition = { key: row.key, type: 'boolean', on: true, variants: { on: true }, off: null, rules: [] };
    return em.assign(row, { definition });
  });
});
afterAll(async () => {
  for (const reader of open) reader.close();
  await Promise.all([one.stop(), two.stop()]);
});

/** A client with a stream, that fetches when it is told to. */
class Client {
  fetched = 0;
  private constructor(
    private readonly node: AssignmentProcess,
    private readonly name: string,
    readonly reader: EventReader,
  ) {}

  static async connect(node: AssignmentProcess, name: string): Promise<Client> {
    const { body } = await Client.bulk(node, name);
    const reader = await EventReader.open(`${node.url}${body.eventStreams?.[0]?.endpoint.requestUri ?? ''}`);
    open.push(reader);
    return new Client(node, name, reader);
  }

  async fetch(): Promise<void> {
    await Client.bulk(this.node, this.name, `?flagConfigEtag=${this.reader.lastEventId}`);
  }

  private static bulk(node: AssignmentProcess, targetingKey: string, query = '') {
    const path = `/ofrep/v1/evaluate/flags${query}`;
    return node.post<OfrepBulk>(path, { context: { targetingKey } }, { as: scene.key });
  }
}

async function propagation(node: AssignmentProcess): Promise<FlagPropagation> {
  const path = `/api/v1/flags/kill-switch/propagation?project=${scene.project.key}`;
  return (await node.get<FlagPropagation>(path, { as: admin })).body;
}

it('says which version every client of every process has confirmed, how fast, and who is behind', async () => {
  const clients = await Promise.all(
    [0, 1, 2, 3, 4, 5].map((index) => Client.connect(index % 2 === 0 ? one : two, `client-${index}`)),
  );
  expect(await propagation(one)).toMatchObject({
    flag: 'kill-switch',
    environment: 'production',
    processes: 2,
    clients: { connected: 6, confirmed: 6, behind: 0 },
    versions: { [flag.version]: 6 },
  });
  const next = await one.flag(async (em) => {
    const row = await em.findOneOrFail(FeatureFlag, flag.id);
    return em.assign(row, { definition: { ...row.definition, on: false }, updatedAt: new Date() });
  });
  await Promise.all(clients.map(({ reader }) => reader.until(1)));
  await Promise.all(clients.slice(0, 4).map((client) => client.fetch()));
  for (const node of [one, two]) {
    const seen = await propagation(node);
    expect(seen).toMatchObject({
      version: next.version,
      clients: { connected: 6, confirmed: 4, behind: 2 },
      versions: { [flag.version]: 2, [next.version]: 4 },
      delays: { count: 4 },
    });
    expect(seen.changedAt).toBe(next.updatedAt.toISOString());
    expect(seen.sample.filter(({ behind }) => behind)).toHaveLength(2);
    expect(seen.sample[0]).toMatchObject({ behind: true, version: flag.version, kind: 'ofrep', key: 'test' });
    const { p50 = -1, p90 = -1, p99 = -1, max = -1 } = seen.delays ?? {};
    expect(0 <= p50 && p50 <= p90 && p90 <= p99 && p99 <= max && max < 5_000).toBe(true);
  }
  await Promise.all(clients.slice(4).map((client) => client.fetch()));
  expect((await propagation(two)).clients).toEqual({ connected: 6, confirmed: 6, behind: 0 });
});

it('knows who has left, and which processes are there', async () => {
  for (const reader of open.splice(0)) reader.close();
  while ((await propagation(one)).clients.connected > 0) await sleep(50);
  const three = await AssignmentProcess.start(one.databaseUrl);
  while ((await propagation(one)).processes < 3) await sleep(50);
  await three.stop();
  while ((await propagation(one)).processes > 2) await sleep(50);
});

it('is 404 for an unknown flag, and not for keys that evaluate', async () => {
  const path = `/api/v1/flags/none/propagation?project=${scene.project.key}`;
  expect((await one.get(path, { as: admin })).status).toBe(404);
  expect((await one.get(path, { as: scene.key })).status).toBe(403);
});
