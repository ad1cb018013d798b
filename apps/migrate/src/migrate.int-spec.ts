import { allEntities, openOrm } from '@assay/models';
import { brokersOrSkip, createTestDatabase, ServiceProcess, type TestDatabase } from '@assay/testing';
import { randomUUID } from 'node:crypto';
import { Kafka } from 'kafkajs';
import { allTopics } from '@assay/contracts';
import pg from 'pg';
import { DATABASE_SERVICES, writableTables, type DatabaseService } from './roles/table-owners.js';

const REFUSED = '42501';

const prefix = `t${randomUUID().replaceAll('-', '').slice(0, 12)}_`;
const passwordOf = (service: string): string => `password-of-${service}`;
const passwords = Object.fromEntries(
  DATABASE_SERVICES.map((service) => [`ASSAY_DB_PASSWORD_${service.toUpperCase()}`, passwordOf(service)]),
);

let database: TestDatabase;
let owner: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
});
afterAll(async () => {
  for (const service of DATABASE_SERVICES) {
    await owner.query(`DROP OWNED BY ${prefix}${service}`);
    await owner.query(`DROP ROLE ${prefix}${service}`);
  }
  await owner.end();
  await database.drop();
});

const job = async (
  environment: Record<string, string>,
  ...parts: string[]
): Promise<{ code: number | string; out: string; err: string }> => {
  const { process } = await ServiceProcess.spawn('migrate', environment, parts);
  return { code: await process.ended, out: process.out, err: process.err };
};

/** SQLSTATE a statement of a role ends with; undefined when it goes through. */
async function attempt(client: pg.Client, statement: string): Promise<string | undefined> {
  return client.query(statement).then(
    () => undefined,
    (error: unknown) => (error as { code: string }).code,
  );
}

async function loggedIn<T>(service: DatabaseService, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const url = new URL(database.url);
  url.username = `${prefix}${service}`;
  url.password = passwordOf(service);
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

it('names everything that is wrong at once', async () => {
  const wrong = { KAFKA_BROKERS: 'kafka', ASSAY_DB_PASSWORD_FLAGS: 'short', ASSAY_DB_ROLE_PREFIX: 'A-' };
  const { code, err } = await job(wrong);
  expect([code, err.trim().split('\n').slice(1)]).toEqual([
    1,
    [
      '  - DATABASE_URL: is missing; postgresql://owner:password@host:5432/database',
      '  - KAFKA_BROKERS: must look like host:9092 (several with commas between them)',
      '  - ASSAY_DB_ROLE_PREFIX: may have small letters, digits and underscores',
      '  - ASSAY_DB_PASSWORD_FLAGS: must have at least 8 characters, printable ASCII without spaces',
    ],
  ]);
});

it('says in one line that there is no such part of it', async () => {
  const { code, err } = await job({ DATABASE_URL: database.url }, 'schema', 'moon');
  expect([code, err]).toEqual([
    1,
    "There is no part 'moon' of the migration; there are schema, topics and assignments.\n",
  ]);
});

it('says in one line that the database is not there', async () => {
  const { code, err } = await job({ DATABASE_URL: 'postgresql://a:b@127.0.0.1:1/x' });
  expect([code, err]).toEqual([1, 'The database at 127.0.0.1:1/x cannot be used (ECONNREFUSED).\n']);
});

describe('the job', () => {
  it('makes the schema and the roles; again and beside itself it changes nothing', async () => {
    const environment = { DATABASE_URL: database.url, ASSAY_DB_ROLE_PREFIX: prefix, ...passwords };
    const first = await job({ ...environment, KAFKA_BROKERS: 'nowhere.invalid:9092' }, 'schema');
    expect([first.code, first.err]).toEqual([0, '']);
    expect(first.out).toContain('Applied 0001-identity');
    expect(first.out).toContain('(6 of 6 passwords set)');
    const again = await Promise.all([job(environment), job(environment)]);
    for (const { code, out } of again) expect([code, out.split('\n')[0]]).toEqual([0, 'The schema is up to date.']);
  });

  it('lets each service write its own tables and what all write, and no other', async () => {
    const orm = await openOrm({ clientUrl: database.url, entities: allEntities });
    const metadata = orm.getMetadata();
    await orm.close(true);
    const { rows } = await owner.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
       WHERE nspname = 'experimentation' AND relkind IN ('r', 'p') AND NOT relispartition`,
    );
    const tables = rows.map(({ name }) => name);
    expect(tables.length).toBeGreaterThan(25);
    const writers = new Map<string, DatabaseService[]>();
    for (const service of DATABASE_SERVICES) {
      const allowed = new Set(writableTables(service, (entity) => metadata.get(entity).tableName));
      await loggedIn(service, async (client) => {
        for (const table of tables) {
          const wanted = allowed.has(table) ? undefined : REFUSED;
          const name = `experimentation.${table}`;
          const got = [
            await attempt(client, `DELETE FROM ${name} WHERE false`),
            await attempt(
              client,
              `INSERT INTO ${name} SELECT * FROM (SELECT (jsonb_populate_record(NULL::${name}, '{}')).*) none WHERE false`,
            ),
            await attempt(client, `TRUNCATE ${name}`),
          ];
          expect([service, table, ...got]).toEqual([service, table, wanted, wanted, REFUSED]);
          if (wanted === undefined) writers.set(table, [...(writers.get(table) ?? []), service]);
        }
        expect(await attempt(client, 'CREATE TABLE experimentation.mine (id int)')).toBe(REFUSED);
        expect(await attempt(client, 'SELECT count(*) FROM experimentation.experiments')).toBeUndefined();
        const secret = await attempt(client, 'SELECT hashed_password FROM experimentation.users');
        expect([service, secret]).toEqual([service, service === 'identity' ? undefined : REFUSED]);
      });
    }
    expect(writers.get('users')).toEqual(['identity']);
    expect(writers.get('events')).toEqual(['analysis']);
    expect(writers.get('assignments')).toEqual(['assignment']);
    expect(writers.get('outbox')).toEqual(DATABASE_SERVICES);
    expect(tables.filter((table) => !writers.has(table))).toEqual(['migrations']);
  });

  // Topics are made on a broker only; without one, the reason is printed and there is nothing to make.
  const brokers = brokersOrSkip('the test of the topics that the migration job makes');
  (brokers === undefined ? it.skip : it)(
    'creates the topics',
    async () => {
      const topicPrefix = `${prefix}.`;
      const environment = { DATABASE_URL: database.url, ASSAY_DB_ROLE_PREFIX: prefix, KAFKA_BROKERS: brokers ?? '' };
      const { code, out } = await job({ ...environment, KAFKA_PREFIX: topicPrefix }, 'topics');
      expect([code, out.trim()]).toEqual([0, `Topics: ${allTopics.length} at ${brokers?.split(',').join(', ')}.`]);
      const admin = new Kafka({ brokers: (brokers ?? '').split(',') }).admin();
      await admin.connect();
      const topics = allTopics.map(({ name }) => `${topicPrefix}${name}`);
      const made = await admin.fetchTopicMetadata({ topics });
      expect(made.topics.map(({ name, partitions }) => [name, partitions.length]).sort()).toEqual(
        allTopics.map(({ name, partitions }) => [`${topicPrefix}${name}`, partitions]).sort(),
      );
      await admin.disconnect();
    },
    60_000,
  );
});
