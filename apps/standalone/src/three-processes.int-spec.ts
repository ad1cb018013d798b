import { brokersOrSkip, createTestDatabase, type TestDatabase, patientFetch } from '@assay/testing';
import { OFREPProvider } from '@openfeature/ofrep-provider';
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';
import { OpenFeature as ServerFeatures } from '@openfeature/server-sdk';
import { OpenFeature as WebFeatures, type Client, type Provider } from '@openfeature/web-sdk';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AssayServer, removeFolder, testFolder } from '../test/assay-process.js';
import { WebEvents } from '../test/web-events.js';

const CLIENTS_EACH = 5;
const PASSWORD = 'three processes of one';
const PATIENCE_MS = 50_000;

type RemoteClient = ReturnType<typeof ServerFeatures.getClient>;

/** One of the three processes, with its clients: browsers that hear of changes, and a program that asks. */
interface Node {
  readonly server: AssayServer;
  readonly folder: string;
  readonly browsers: Client[];
  remote: RemoteClient;
}

const brokers = brokersOrSkip('three processes that share Kafka');
const transports: [string, Record<string, string>][] = [['the log in PostgreSQL', {}]];
if (brokers !== undefined) {
  const prefix = `t${randomUUID().slice(0, 8)}.`;
  transports.push(['Kafka', { KAFKA_BROKERS: brokers, KAFKA_PREFIX: prefix }]);
}

describe.each(transports)('three processes on one database, with %s', (transport, environment) => {
  let database: TestDatabase;
  let nodes: Node[] = [];
  let clientKey: string;
  let adminToken = '';

  beforeAll(async () => {
    Object.assign(globalThis, { EventSource: WebEvents });
    database = await createTestDatabase({ empty: true });
    for (let index = 0; index < 3; index += 1) {
      const folder = testFolder();
      const server = await AssayServer.start(folder, {
        DATABASE_URL: database.url,
        ASSAY_ADMIN_PASSWORD: PASSWORD,
        ...environment,
      });
      nodes.push({ server, folder, browsers: [], remote: ServerFeatures.getClient() });
    }
    const login = { username: 'admin', password: PASSWORD };
    adminToken = (await send<{ accessToken: string }>('POST', '/auth/login', login)).accessToken;
    const [serverKey, ownClientKey] = await Promise.all([apiKey('server'), apiKey('client')]);
    clientKey = ownClientKey;
    for (const [index, node] of nodes.entries()) {
      const domain = `${transport}-${index}`;
      const provider = new OFREPProvider({ baseUrl: node.server.url, headers: [['x-api-key', serverKey]] });
      ServerFeatures.setProvider(domain, provider);
      node.remote = ServerFeatures.getClient(domain);
    }
  });
  afterAll(async () => {
    await Promise.all([WebFeatures.close(), ServerFeatures.close()]);
    await Promise.all(nodes.map(({ server }) => server.stop()));
    for (const { folder } of nodes) removeFolder(folder);
    nodes = [];
    await database.drop();
  });

  /** A call of the first process. */
  async function call<T>(method: string, path: string, body?: object): Promise<{ status: number; body: T }> {
    const response = await patientFetch(`${(nodes[0] as Node).server.url}/api/v1${path}`, {
      method,
      headers: {
        ...(adminToken === '' ? {} : { authorization: `Bearer ${adminToken}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as T };
  }
  async function send<T>(method: string, path: string, body: object): Promise<T> {
    const answer = await call<T>(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
  const apiKey = async (kind: string): Promise<string> =>
    (
      await send<{ key: string }>('POST', '/api-keys', {
        name: kind,
        kind,
        project: 'default',
        environment: 'production',
      })
    ).key;
  const flag = (key: string, fields: object) =>
    send('POST', '/flags', { key, name: key, status: 'ACTIVE', clientSide: true, ...fields });

  /** Browsers of every process, each of a user of its own, that have the flags as they are now. */
  async function openBrowsers(name: string): Promise<void> {
    for (const [index, node] of nodes.entries()) {
      node.browsers.length = 0;
      for (let each = 0; each < CLIENTS_EACH; each += 1) {
        const domain = `${transport}-${name}-${index}-${each}`;
        await WebFeatures.setContext(domain, { targetingKey: `user-${index}-${each}` });
        const headers: [string, string][] = [['authorization', `Bearer ${clientKey}`]];
        const provider = new OFREPWebProvider({ baseUrl: node.server.url, headers, cacheMode: 'disabled' });
        await WebFeatures.setProviderAndWait(domain, provider as unknown as Provider);
        node.browsers.push(WebFeatures.getClient(domain));
      }
    }
    await sleep(300);
  }

  /** Milliseconds until each condition held. */
  async function timesUntil(conditions: readonly (() => boolean | Promise<boolean>)[]): Promise<number[]> {
    const startedAt = performance.now();
    const wait = async (holds: () => boolean | Promise<boolean>): Promise<number> => {
      while (!(await holds())) {
        if (performance.now() - startedAt > PATIENCE_MS) throw new Error(`not so after ${PATIENCE_MS} ms`);
        await sleep(2);
      }
      return performance.now() - startedAt;
    };
    return Promise.all(conditions.map(wait));
  }

  const report = (what: string, times: readonly number[]): void => {
    const sorted = [...times].sort((a, b) => a - b).map(Math.round);
    const middle = sorted[Math.floor(sorted.length / 2)];
    console.info(
      `${what}, over ${transport}: ${sorted.length} clients; half ${middle} ms after the answer, all ${sorted.at(-1)} ms`,
    );
  };

  it('a kill switch reaches every client of every process', async () => {
    await flag('kill-switch', { rolloutPercentage: 100 });
    await openBrowsers('kill');
    for (const node of nodes) {
      expect(node.browsers.map((browser) => browser.getBooleanValue('kill-switch', false))).not.toContain(false);
      await timesUntil([async () => node.remote.getBooleanValue('kill-switch', false, { targetingKey: 'u' })]);
    }
    await send('PATCH', '/flags/kill-switch', { status: 'INACTIVE' });
    const all = await timesUntil(
      nodes.flatMap(({ browsers, remote }) => [
        ...browsers.map((browser) => () => browser.getBooleanDetails('kill-switch', true).reason === 'DISABLED'),
        async () => !(await remote.getBooleanValue('kill-switch', false, { targetingKey: 'u' })),
      ]),
    );
    report('switched off', all);
    expect(all).toHaveLength(3 * (CLIENTS_EACH + 1));
  });

  it('who comes into a list and who leaves it is known to every client of every process', async () => {
    await send('POST', '/lists', { key: 'guests', name: 'Guests', members: ['nobody'] });
    const rule = { when: { attr: 'userId', op: 'in', list: 'guests' }, serve: { variant: 'on' } };
    await flag('for-guests', { targetingRules: [rule] });
    await openBrowsers('list');
    const guests = nodes.flatMap((_, index) =>
      Array.from({ length: CLIENTS_EACH }, (__, each) => `user-${index}-${each}`),
    );
    const everywhere = (value: boolean) =>
      nodes.flatMap(({ browsers, remote }) => [
        ...browsers.map((browser) => () => browser.getBooleanValue('for-guests', !value) === value),
        async () => (await remote.getBooleanValue('for-guests', !value, { targetingKey: 'user-0-0' })) === value,
      ]);
    await timesUntil(everywhere(false));
    await send('POST', '/lists/guests/members', { add: guests });
    report('invited', await timesUntil(everywhere(true)));
    await send('POST', '/lists/guests/members', { remove: guests });
    report('uninvited', await timesUntil(everywhere(false)));
    const { status, body } = await call<{ detail: string }>('DELETE', '/lists/guests');
    expect([status, body.detail]).toEqual([409, expect.stringContaining('flag for-guests')]);
  });
});
