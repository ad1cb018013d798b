import { brokersOrSkip, createTestDatabase, type TestDatabase } from '@assay/testing';
import type { Client } from '@openfeature/web-sdk';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AssayServer } from '../test/assay-process.js';
import { OpenFeatureSdks, type RemoteClient } from '../test/open-feature-sdks.js';

const CLIENTS_EACH = 5;
const PASSWORD = 'three processes of one';
const PATIENCE_MS = 50_000;

/** One of the three processes, with its clients: browsers that hear of changes, and a program that asks. */
interface Node {
  readonly server: AssayServer;
  readonly browsers: Client[];
  readonly remote: RemoteClient;
}

const brokers = brokersOrSkip('three processes that share Kafka');
const transports: [string, Record<string, string>][] = [['the log in PostgreSQL', {}]];
if (brokers !== undefined) {
  const prefix = `t${randomUUID().slice(0, 8)}.`;
  transports.push(['Kafka', { KAFKA_BROKERS: brokers, KAFKA_PREFIX: prefix }]);
}

describe.each(transports)('three processes on one database, with %s', (transport, environment) => {
  let database: TestDatabase;
  const servers: AssayServer[] = [];
  let first: AssayServer;
  let sdks: OpenFeatureSdks;
  let nodes: readonly Node[];

  beforeAll(async () => {
    database = await createTestDatabase({ empty: true });
    const settings = { DATABASE_URL: database.url, ASSAY_ADMIN_PASSWORD: PASSWORD, ...environment };
    first = await AssayServer.start(undefined, settings);
    servers.push(first);
    while (servers.length < 3) servers.push(await AssayServer.start(undefined, settings));
    await first.logIn(PASSWORD);
    const [serverKey, clientKey] = await Promise.all([first.apiKey('server'), first.apiKey('client')]);
    sdks = new OpenFeatureSdks({ serverKey, clientKey });
    nodes = servers.map((server, index) => ({
      server,
      browsers: [],
      remote: sdks.serverClient(`${transport}-${index}`, server.url),
    }));
  });
  afterAll(async () => {
    await OpenFeatureSdks.close();
    await Promise.all(servers.map((server) => server.remove()));
    await database.drop();
  });

  const flag = (key: string, fields: object) =>
    first.send('POST', '/flags', { key, name: key, status: 'ACTIVE', clientSide: true, ...fields });

  /** Browsers of every process, each of a user of its own, that have the flags as they are now. */
  async function openBrowsers(name: string): Promise<void> {
    for (const [index, node] of nodes.entries()) {
      node.browsers.length = 0;
      for (let each = 0; each < CLIENTS_EACH; each += 1) {
        const domain = `${transport}-${name}-${index}-${each}`;
        node.browsers.push(await sdks.webClient(domain, node.server.url, `user-${index}-${each}`));
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
    await first.send('PATCH', '/flags/kill-switch', { status: 'INACTIVE' });
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
    await first.send('POST', '/lists', { key: 'guests', name: 'Guests', members: ['nobody'] });
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
    await first.send('POST', '/lists/guests/members', { add: guests });
    report('invited', await timesUntil(everywhere(true)));
    await first.send('POST', '/lists/guests/members', { remove: guests });
    report('uninvited', await timesUntil(everywhere(false)));
    const { status, body } = await first.ask<{ detail: string }>('DELETE', '/lists/guests');
    expect([status, body.detail]).toEqual([409, expect.stringContaining('flag for-guests')]);
  });
});
