import { brokersOrSkip, until } from '@assay/testing';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The part of the cluster's programs that is used here. */
interface Broker {
  readonly pids: readonly (number | undefined)[];
  startNode(id: number): Promise<unknown>;
}
interface Cluster {
  readonly url: string;
  readonly key: string;
  readonly ownBroker: Broker;
  start(): Promise<void>;
  stop(): Promise<void>;
  leaveKey(): Promise<string | undefined>;
}
interface Programs {
  readonly Cluster: new (options: { dataDir: string; log: unknown; port: number }) => Cluster;
  readonly LogLines: new (write: (line: string) => void, isTerminal: boolean) => unknown;
}

/** Longest until a client must know that its events were not taken. */
const ANSWER_MS = 5_000;

/** Seven services on a PostgreSQL and a broker of their own, of which the broker goes away. */
(brokersOrSkip('the tests of outages') === undefined ? describe.skip : describe)('while the broker is away', () => {
  let dataDir: string;
  let cluster: Cluster;
  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'assay-outage-'));
    chmodSync(dataDir, 0o755);
    const paths = ['./cluster.mjs', './log-lines.mjs'];
    const [first, second] = (await Promise.all(paths.map((path) => import(path)))) as [Programs, Programs];
    cluster = new first.Cluster({ dataDir, log: new second.LogLines(() => undefined, false), port: 0 });
    await cluster.start();
    await cluster.leaveKey();
  });
  afterAll(async () => {
    await cluster.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const call = async (method: string, path: string, body?: unknown) => {
    const began = Date.now();
    const response = await fetch(`${cluster.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${cluster.key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Record<string, unknown>;
    return { status: response.status, headers: response.headers, answer, took: Date.now() - began };
  };
  const send = (id: string) => call('POST', '/api/v1/events', { events: [{ id, eventType: 'bought', userId: 'u-1' }] });
  const assign = (userId: string) => call('POST', '/api/v1/assignments', { experiment: 'checkout', userId });
  const evaluate = () => call('POST', '/ofrep/v1/evaluate/flags/banner', { context: { targetingKey: 'u-1' } });

  it('refuses events in time, goes on evaluating and assigning, and takes events again when it is back', async () => {
    const variants = ['old', 'new'].map((key, index) => ({ key, isControl: index === 0, trafficAllocation: 50 }));
    const metrics = [{ name: 'bought', eventName: 'bought', metricType: 'CONVERSION' }];
    expect((await call('POST', '/api/v1/experiments', { key: 'checkout', name: 'C', variants, metrics })).status).toBe(
      201,
    );
    expect((await call('POST', '/api/v1/experiments/checkout/start')).status).toBe(200);
    const flag = { key: 'banner', name: 'Banner', status: 'ACTIVE', rolloutPercentage: 100 };
    expect((await call('POST', '/api/v1/flags', flag)).status).toBe(201);
    await until(async () => (await evaluate()).status === 200 && (await assign('u-0')).status === 200);
    expect((await send('before')).status).toBe(202);

    process.kill(cluster.ownBroker.pids[0] ?? 0, 'SIGKILL');
    const known = await assign('u-0');
    const times: number[] = [];
    for (let index = 0; index < 6; index += 1) {
      const { status, headers, answer, took } = await send(`away-${index}`);
      expect([status, answer['code'], Number(headers.get('retry-after')) > 0]).toEqual([503, 'unavailable', true]);
      times.push(took);
      expect([(await evaluate()).answer['value'], (await assign(`u-${index + 1}`)).status]).toEqual([true, 200]);
      expect((await assign('u-0')).answer).toMatchObject({ variantKey: known.answer['variantKey'] });
    }
    const ledger = await call('GET', '/api/v1/ledger');
    expect([ledger.status, ledger.answer['code'], Number(ledger.headers.get('retry-after')) > 0]).toEqual([
      503,
      'unavailable',
      true,
    ]);
    expect(Math.max(...times)).toBeLessThanOrEqual(ANSWER_MS);

    await cluster.ownBroker.startNode(1);
    await until(async () => (await send('after')).status === 202);
    await until(async () => {
      const { answer } = await call('GET', '/api/v1/ledger');
      return answer['pending'] === 0 && Number(answer['stored']) >= 2;
    });
    // The assignments made meanwhile come by the outbox, which the ledger of events does not count.
    const units = async (): Promise<number> => {
      const { answer } = await call('GET', '/api/v1/experiments/checkout/results');
      return Object.values(answer['units'] as Record<string, number>).reduce((sum, each) => sum + each, 0);
    };
    await until(async () => (await units()) >= 7);
    expect(await units()).toBe(7);
  });
});
