import { brokersOrSkip, until } from '@assay/testing';
import { RunningCluster } from '../test/running-cluster.js';

const brokers = brokersOrSkip('the rehearsal of a restore');

interface Ledger {
  readonly received: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly rejected: number;
  readonly deadLettered: number;
  readonly pending: number;
}
interface Assigned {
  readonly variantKey: string;
  readonly sticky: boolean;
  readonly definitionVersion: number;
}
interface Results {
  readonly units: Record<string, number>;
  readonly metrics: { readonly variants: { readonly n: number; readonly sum: number }[] }[];
}

/** As docs/operations.md says it: the database goes back to an earlier moment, Kafka does not. */
(brokers === undefined ? describe.skip : describe)('a database that is restored to an earlier moment', () => {
  const told = new Map<string, string>();
  let cluster: RunningCluster;
  beforeAll(async () => {
    cluster = await RunningCluster.start(brokers ?? '');
  });
  afterAll(async () => {
    await cluster.stop();
    await cluster.sql([`DROP DATABASE IF EXISTS ${backupName()} WITH (FORCE)`], 'postgres');
    await cluster.remove();
  });

  const here = (): string => cluster.databaseName;
  const backupName = (): string => `${here()}_backup`;
  /** What a dump of a moment has; those who are connected are cut off for it and come back by themselves. */
  const backUp = () =>
    cluster.sql(
      [
        `ALTER DATABASE ${here()} ALLOW_CONNECTIONS false`,
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${here()}'`,
        `CREATE DATABASE ${backupName()} TEMPLATE ${here()}`,
        `ALTER DATABASE ${here()} ALLOW_CONNECTIONS true`,
      ],
      'postgres',
    );
  const restore = () =>
    cluster.sql(
      [`DROP DATABASE ${here()} WITH (FORCE)`, `ALTER DATABASE ${backupName()} RENAME TO ${here()}`],
      'postgres',
    );

  const need = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await cluster.call<T>(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const ledger = () => need<Ledger>('GET', '/api/v1/ledger');
  const results = () => need<Results>('GET', '/api/v1/experiments/checkout/results');
  const counted = async (): Promise<unknown> => {
    const { units, metrics } = await results();
    return [units, metrics.map(({ variants }) => variants.map(({ n, sum }) => [n, sum]))];
  };
  const unitsOf = async (): Promise<number> => Object.values((await results()).units).reduce((sum, n) => sum + n, 0);
  const assign = async (userId: string, experiment = 'checkout'): Promise<Assigned> => {
    const answer = await need<Assigned>('POST', '/api/v1/assignments', { experiment, userId });
    if (experiment === 'checkout' && !told.has(userId)) told.set(userId, answer.variantKey);
    return answer;
  };
  const send = (events: readonly object[]) => need('POST', '/api/v1/events', { events });
  const bought = (userId: string) => ({ id: `bought-${userId}`, eventType: 'bought', userId });
  const banner = async (): Promise<unknown> =>
    (await need<{ value: unknown }>('POST', '/ofrep/v1/evaluate/flags/banner', { context: { targetingKey: 'u' } }))
      .value;
  const variants = (share: number) => [
    { key: 'old', isControl: true, trafficAllocation: share },
    { key: 'new', isControl: false, trafficAllocation: 100 - share },
  ];
  const begin = async (experiment: string): Promise<void> => {
    const metrics = [{ name: 'bought', eventName: 'bought', metricType: 'CONVERSION' }];
    await need('POST', '/api/v1/experiments', { key: experiment, name: experiment, variants: variants(50), metrics });
    await need('POST', `/api/v1/experiments/${experiment}/start`);
  };
  const users = (prefix: string, count: number): string[] =>
    Array.from({ length: count }, (_, at) => `${prefix}-${at}`);
  const applied = (units: number) =>
    eventually(async () => (await ledger()).pending === 0 && (await unitsOf()) === units);

  it('has what came since applied again from Kafka, once, and decides nothing a second time', async () => {
    await begin('checkout');
    await need('POST', '/api/v1/flags', { key: 'banner', name: 'B', status: 'ACTIVE', rolloutPercentage: 0 });
    for (const user of users('before', 20)) await assign(user);
    await send(users('before', 20).map(bought));
    await applied(20);

    await backUp();

    // Definitions change, and units are assigned by what they are now.
    await eventually(async () => (await cluster.call('GET', '/api/v1/experiments/checkout')).status === 200);
    const amendment = { change: { variants: variants(5) }, reason: 'more of the new one' };
    await need('POST', '/api/v1/experiments/checkout/amendments', amendment);
    const { definitionVersion } = await assign('before-0');
    let probes = 0;
    await eventually(async () => (await assign(`probe-${(probes += 1)}`)).definitionVersion > definitionVersion);
    for (const user of users('after', 30)) await assign(user);
    await need('PATCH', '/api/v1/flags/banner', { rolloutPercentage: 100 });
    await eventually(async () => (await banner()) === true);
    await begin('late');
    await assign('after-0', 'late');
    const exposure = (experiment: string) => (userId: string) => ({
      id: `${experiment}-${userId}`,
      eventType: '$exposure',
      userId,
      experiment,
      variant: 'new',
    });
    await send(users('seen', 5).map(exposure('checkout')));
    await send(users('seen', 3).map(exposure('late')));
    await send([...users('after', 30), ...users('seen', 5), ...users('before', 10)].map(bought));
    await send([{ id: 'refused', eventType: '$exposure', userId: 'x', experiment: 'nowhere', variant: 'new' }]);
    await applied(told.size + 5);
    const [before, results] = [await ledger(), await counted()];
    expect(before).toMatchObject({ stored: 20 + 35 + 8, duplicate: 10, rejected: 1, deadLettered: 0 });

    await cluster.stop();
    await restore();
    await cluster.startAgain();

    // What is about an experiment that is not there any more is put aside; all else is as it was.
    await applied(told.size + 5);
    const lost = 3;
    expect(await ledger()).toEqual({ ...before, stored: before.stored - lost, deadLettered: lost });
    expect(await counted()).toEqual(results);
    const dead = await need<{ items: { errorCode: string | null }[] }>('GET', '/api/v1/dead-letters');
    expect(dead.items).toHaveLength(lost);

    // Nobody is told another variant than before, although by the restored definition many would get another one.
    for (const [user, variantKey] of told)
      expect([user, await assign(user)]).toMatchObject([user, { variantKey, sticky: true }]);
    const [rows] = await cluster.sql([
      'SELECT count(*)::int AS n, count(DISTINCT user_id)::int AS units FROM experimentation.assignments',
    ]);
    expect(rows).toEqual({ n: told.size, units: told.size });

    // Definitions are those of the moment of the backup, and can be changed again.
    expect((await cluster.call('GET', '/api/v1/experiments/late')).status).toBe(404);
    expect(await banner()).toBe(false);
    await need('PATCH', '/api/v1/flags/banner', { rolloutPercentage: 100 });
    await eventually(async () => (await banner()) === true);

    // New units are assigned, what comes again is known, and nothing is left to be published.
    expect((await assign('new-0')).sticky).toBe(false);
    await send([bought('after-0'), bought('new-0')]);
    await applied(told.size + 5);
    expect(await ledger()).toMatchObject({ stored: before.stored - lost + 1, duplicate: before.duplicate + 1 });
    await eventually(async () => (await cluster.sql(['SELECT FROM experimentation.outbox'])).length === 0);
  }, 600_000);
});

/** Answers of a service that has lost its database for a moment are waited out too. */
const eventually = (holds: () => Promise<boolean>): Promise<void> => until(() => holds().catch(() => false));
