import { brokersOrSkip, until } from '@assay/testing';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OtlpReceiver } from '../../../apps/standalone/test/otlp-receiver.js';
import { describeEachProcess } from '../test/each-process.js';
import { RunningCluster, SERVICES } from '../test/running-cluster.js';

const brokers = brokersOrSkip('the tests of `npm run cluster`');

interface Running {
  readonly pid: number;
  readonly word: string;
}

/** `npm run cluster` on the run's PostgreSQL and broker; with its own of both the demo tests it. */
(brokers === undefined ? describe.skip : describe)('npm run cluster', () => {
  const receiver = new OtlpReceiver();
  let cluster: RunningCluster;
  beforeAll(async () => {
    cluster = await RunningCluster.start(brokers ?? '', {
      OTEL_EXPORTER_OTLP_ENDPOINT: await receiver.start(),
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '100',
    });
  });
  afterAll(async () => {
    await cluster.stop('SIGKILL');
    await receiver.stop();
    await cluster.remove();
  });

  const call: RunningCluster['call'] = (...args) => cluster.call(...args);
  const processes = (): Running[] =>
    JSON.parse(readFileSync(join(cluster.dataDir, 'processes.json'), 'utf8')) as Running[];
  const pidOf = (app: string): number => processes().find(({ word }) => word.includes(`/apps/${app}/`))?.pid ?? 0;
  it('runs seven processes, each with a role of its own', async () => {
    expect(new Set(processes().map(({ pid }) => pid)).size).toBe(7);
    const rows = await cluster.sql([
      `SELECT DISTINCT usename FROM pg_stat_activity
       WHERE datname = current_database() AND usename LIKE '${cluster.name}_%' ORDER BY 1`,
    ]);
    expect(rows.map(({ usename }) => usename)).toEqual(SERVICES.map((service) => `${cluster.name}_${service}`).sort());
    for (const service of [...SERVICES, 'gateway'])
      expect(cluster.process.out).toMatch(new RegExp(`^${service} +\\| start: listening`, 'm'));
  });

  it('goes from an experiment to an assignment, events and results over the gateway', async () => {
    const experiment = {
      key: 'checkout',
      name: 'Checkout',
      variants: [
        { key: 'old', name: 'Old', isControl: true, trafficAllocation: 50 },
        { key: 'new', name: 'New', isControl: false, trafficAllocation: 50 },
      ],
      metrics: [
        { name: 'bought', eventName: 'bought', metricType: 'CONVERSION', aggregationMethod: 'exists', isPrimary: true },
      ],
    };
    expect((await call('POST', '/api/v1/experiments', experiment)).status).toBe(201);
    expect((await call('POST', '/api/v1/experiments/checkout/start')).status).toBe(200);
    const users = Array.from({ length: 200 }, (_, index) => `user-${index}`);
    await Promise.all(
      users.map(async (userId) => {
        const { status } = await call('POST', '/api/v1/assignments', { experiment: 'checkout', userId });
        expect(status).toBe(200);
      }),
    );
    const events = users.map((userId) => ({ id: `bought-${userId}`, eventType: 'bought', userId }));
    expect((await call('POST', '/api/v1/events', { events })).status).toBe(202);
    await until(async () => (await results()).conversions === 200);
    expect((await results()).units).toBe(200);
    const audit = await call<{ items: { action: string }[] }>('GET', '/api/v1/audit');
    expect(audit.body.items.length).toBeGreaterThan(0);
  });

  describeEachProcess(() => cluster, receiver);

  it('takes a stream of ids into a list, which the service that evaluates reads with its own role', async () => {
    const rule = { when: { attr: 'userId', op: 'in', list: 'guests' }, serve: { variant: 'on' } };
    expect((await call('POST', '/api/v1/lists', { key: 'guests', name: 'Guests' })).status).toBe(201);
    const flag = { key: 'for-guests', name: 'G', status: 'ACTIVE', targetingRules: [rule] };
    expect((await call('POST', '/api/v1/flags', flag)).status).toBe(201);
    const value = async (targetingKey: string): Promise<unknown> =>
      (await call<{ value?: unknown }>('POST', '/ofrep/v1/evaluate/flags/for-guests', { context: { targetingKey } }))
        .body.value;
    expect(await value('guest-7')).toBe(false);
    const lines = Array.from({ length: 20_000 }, (_, index) => `"guest-${index}"\n`).join('');
    const added = await call<{ size: number }>('POST', '/api/v1/lists/guests/members', lines, 'application/x-ndjson');
    expect([added.status, added.body.size]).toEqual([200, 20_000]);
    await until(async () => (await value('guest-7')) === true);
    expect((await call('POST', '/api/v1/lists/guests/members', { remove: ['guest-7'] })).status).toBe(200);
    await until(async () => (await value('guest-7')) === false);
    expect(await value('guest-8')).toBe(true);
    expect((await call('DELETE', '/api/v1/lists/guests')).status).toBe(409);
  });

  it('starts a killed process again, and nothing is lost or counted twice', async () => {
    const killed = pidOf('analysis');
    process.kill(killed, 'SIGKILL');
    const events = Array.from({ length: 200 }, (_, index) => ({
      id: `bought-user-${index}`,
      eventType: 'bought',
      userId: `user-${index}`,
    }));
    expect((await call('POST', '/api/v1/events', { events })).status).toBe(202);
    await until(() => pidOf('analysis') !== killed);
    interface Ledger {
      readonly pending: number;
      readonly duplicate: number;
    }
    await until(async () => {
      const { status, body } = await call<Ledger>('GET', '/api/v1/ledger');
      return status === 200 && body.pending === 0 && body.duplicate === 200;
    });
    expect(await results()).toEqual({ units: 200, conversions: 200 });
    expect(cluster.process.out).toContain('ended unexpectedly (SIGKILL); it is started again');
  });

  it('goes on evaluating and assigning while PostgreSQL is away, refuses changes, and takes them again afterwards', async () => {
    const flag = { key: 'away', name: 'Away', status: 'ACTIVE', rolloutPercentage: 100 };
    expect((await call('POST', '/api/v1/flags', flag)).status).toBe(201);
    /** Once, where a client would ask again. */
    const askOnce = async (method: string, path: string, body: unknown): Promise<[number, Record<string, unknown>]> => {
      const headers = { authorization: `Bearer ${cluster.key}`, 'content-type': 'application/json' };
      const answer = await fetch(`${cluster.url}${path}`, { method, headers, body: JSON.stringify(body) });
      return [answer.status, (await answer.json()) as Record<string, unknown>];
    };
    const value = async (): Promise<unknown> => {
      const context = { targetingKey: 'user-1' };
      return (await askOnce('POST', '/ofrep/v1/evaluate/flags/away', { context }))[1]['value'];
    };
    const assign = async (): Promise<unknown[]> => {
      const [status, answer] = await askOnce('POST', '/api/v1/assignments', {
        experiment: 'checkout',
        userId: 'user-1',
      });
      return [status, answer['variantKey']];
    };
    await until(async () => (await value()) === true);
    const known = await assign();

    cluster.link.cut();
    const changes = [
      ['POST', '/api/v1/flags', { ...flag, key: 'meanwhile' }],
      ['PATCH', '/api/v1/flags/away', { rolloutPercentage: 0 }],
      ['PATCH', '/api/v1/experiments/checkout', { name: 'Another name' }],
      ['POST', '/api/v1/lists', { key: 'meanwhile', name: 'M' }],
      ['POST', '/api/v1/api-keys', { name: 'm', kind: 'server', project: 'default', environment: 'production' }],
    ] as const;
    for (const [method, path, body] of changes) {
      const [status, answer] = await askOnce(method, path, body);
      expect([path, status, answer['code']]).toEqual([path, 503, 'unavailable']);
      expect([await value(), await assign()]).toEqual([true, known]);
    }
    await cluster.link.mend();
    await until(async () => (await call('PATCH', '/api/v1/flags/away', { rolloutPercentage: 0 })).status === 200);
    await until(async () => (await value()) === false);
    expect((await call('GET', '/api/v1/flags/meanwhile')).status).toBe(404);
  });

  it('stops everything in order at Ctrl-C', async () => {
    const pids = processes().map(({ pid }) => pid);
    cluster.process.kill('SIGINT');
    expect([await cluster.process.ended, cluster.process.complaints]).toEqual([0, []]);
    expect(pids.filter(isAlive)).toEqual([]);
    const order = cluster.process.lines
      .filter((line) => line.includes('stop: stopped'))
      .map((line) => line.split(' ')[0]);
    expect(order[0]).toBe('gateway');
    expect(order.slice(1).sort()).toEqual([...SERVICES].sort());
  });

  async function results(): Promise<{ units: number; conversions: number }> {
    interface Results {
      readonly units: Record<string, number>;
      readonly metrics: { variants: { sum: number }[] }[];
    }
    const { body } = await call<Results>('GET', '/api/v1/experiments/checkout/results');
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    return {
      units: sum(Object.values(body.units)),
      conversions: sum(body.metrics[0]?.variants.map((variant) => variant.sum) ?? []),
    };
  }
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
