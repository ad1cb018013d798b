import { migrate } from '@assay/models';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createTestDatabase, freePort, ServiceProcess } from '@assay/testing';

const SECRET = 's'.repeat(32);
const SERVICES = ['identity', 'experiments', 'flags', 'assignment', 'ingestion', 'analysis'];

const running: ServiceProcess[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.kill()));
});
const spawned = async (app: string, environment: Record<string, string>): Promise<ServiceProcess> => {
  const service = await ServiceProcess.spawn(app, environment);
  running.push(service);
  return service;
};

/** A broker that nobody answers for. */
const nowhere = async () => `127.0.0.1:${await freePort()}`;

describe('a service as a process', () => {
  it.each(SERVICES)('%s names everything that is missing or wrong at once and ends with 1', async (app) => {
    const wrong = {
      PORT: '80a',
      KAFKA_PREFIX: 'with space',
      KAFKA_PASSWORD: 'p',
      ASSAY_ADMIN_PASSWORD: 'x'.repeat(201),
    };
    const service = await spawned(app, wrong);
    expect(await service.process.ended).toBe(1);
    expect(service.process.out).toBe('');
    expect(service.process.complaints).toEqual([
      'The configuration is not usable:',
      '  - PORT: must be a whole number from 0 to 65535',
      '  - KAFKA_BROKERS: is missing; host:9092, several with commas between them',
      '  - KAFKA_PREFIX: may have letters, digits, points, lines and underscores',
      '  - DATABASE_URL: is missing; postgresql://user:password@host:5432/database',
      '  - ASSAY_JWT_SECRET: is missing; the secret, of 32 bytes or more, that all services share',
      ...(app === 'identity' ? ['  - ASSAY_ADMIN_PASSWORD: must have at most 200 characters'] : []),
      '  - KAFKA_USERNAME: is missing; it goes together with KAFKA_PASSWORD',
    ]);
  });

  it('identity needs a password for the user that its first start makes, and puts none into its log', async () => {
    const { url, drop } = await createTestDatabase();
    const environment = { DATABASE_URL: url, KAFKA_BROKERS: await nowhere(), ASSAY_JWT_SECRET: SECRET };
    const without = await spawned('identity', environment);
    expect([await without.process.ended, without.process.complaints, without.process.out]).toEqual([
      1,
      [
        "ASSAY_ADMIN_PASSWORD is missing: the first start makes the user 'admin' with it. Set it; later starts do not need it.",
      ],
      '',
    ]);
    await drop();
  });

  it('ends with 1 and one line when the database does not take its password', async () => {
    const { url, drop } = await createTestDatabase();
    const wrong = new URL(url);
    wrong.password = 'wrong';
    const environment = { DATABASE_URL: wrong.href, KAFKA_BROKERS: await nowhere(), ASSAY_JWT_SECRET: SECRET };
    const service = await spawned('flags', environment);
    expect(await service.process.ended).toBe(1);
    expect(service.process.complaints.join('\n')).toMatch(
      /^The database at .* does not accept this user and password\. Check DATABASE_URL\.$/,
    );
    expect(service.process.err).not.toContain('wrong');
    await drop();
  });

  it('is alive but not ready until the migration job has run, starts without a broker, and stops within ten seconds', async () => {
    const { url, drop } = await createTestDatabase({ empty: true });
    const environment = { DATABASE_URL: url, KAFKA_BROKERS: await nowhere(), ASSAY_JWT_SECRET: SECRET };
    const service = await spawned('flags', environment);
    await service.untilStatus('/health/live', 200);
    const waiting = await fetch(`${service.url}/health/ready`);
    const reason = ((await waiting.json()) as { checks: { database: { message: string } } }).checks.database.message;
    expect([waiting.status, reason.includes('0001-identity')]).toEqual([503, true]);
    const early = await fetch(`${service.url}/api/v1/flags`);
    expect([early.status, early.headers.get('retry-after')]).toEqual([503, '2']);

    await migrate(url);
    await service.untilStatus('/health/ready', 200);
    const { checks } = (await (await fetch(`${service.url}/health/ready`)).json()) as {
      checks: Record<string, { status: string }>;
    };
    expect([checks['database']?.status, checks['broker']?.status]).toEqual(['up', 'down']);

    const began = Date.now();
    expect(await service.stop()).toBe(0);
    expect(Date.now() - began).toBeLessThan(10_000);
    await drop();
  });

  it('ends with 0 when it is asked to while it waits for the schema, or for a database that does not answer', async () => {
    const { url, drop } = await createTestDatabase({ empty: true });
    // Takes connections and never says a word.
    const frozen = createServer().listen(0, '127.0.0.1');
    await once(frozen, 'listening');
    const silent = `postgresql://u:p@127.0.0.1:${(frozen.address() as AddressInfo).port}/d`;
    for (const DATABASE_URL of [url, silent]) {
      const environment = { DATABASE_URL, KAFKA_BROKERS: await nowhere(), ASSAY_JWT_SECRET: SECRET };
      const service = await spawned('flags', environment);
      await service.untilStatus('/health/live', 200);
      expect([await service.stop(), service.process.complaints]).toEqual([0, []]);
    }
    frozen.close();
    await drop();
  });

  it('is not ready without the broker when it cannot work without one', async () => {
    const { url, drop } = await createTestDatabase();
    const environment = { DATABASE_URL: url, KAFKA_BROKERS: await nowhere(), ASSAY_JWT_SECRET: SECRET };
    const [ingestion, assignment] = await Promise.all([
      spawned('ingestion', environment),
      spawned('assignment', environment),
    ]);
    await assignment.untilStatus('/health/ready', 200);
    for (let asked = 0; asked < 3; asked += 1) expect(await ingestion.status('/health/ready')).not.toBe(200);
    await ingestion.untilStatus('/health/ready', 503);
    expect(await ingestion.stop()).toBe(0);
    await drop();
  });
});
