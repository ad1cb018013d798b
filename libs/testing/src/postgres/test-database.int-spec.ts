import { migrate } from '@assay/models';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from './test-database.js';

async function query<T extends pg.QueryResultRow>(url: string, text: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(text)).rows;
  } finally {
    await client.end();
  }
}

/** The quickest of several, because the others share the processor with whatever else is running. */
async function quickestOf(times: number, make: () => Promise<TestDatabase>): Promise<number> {
  let quickest = Infinity;
  for (let i = 0; i < times; i += 1) {
    const start = performance.now();
    const database = await make();
    quickest = Math.min(quickest, performance.now() - start);
    await database.drop();
  }
  return quickest;
}

const TABLES = `select count(*)::int as tables from information_schema.tables where table_schema = 'experimentation'`;

describe('createTestDatabase', () => {
  it('gives a migrated database that no other test sees', async () => {
    const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    const [found] = await query<{ tables: number }>(one.url, TABLES);
    expect(found?.tables).toBeGreaterThan(20);
    await query(one.url, `insert into experimentation.log_partitions (topic, partition) values ('t', 0)`);
    expect(await query(other.url, 'select * from experimentation.log_partitions')).toEqual([]);
    await Promise.all([one.drop(), other.drop()]);
  });

  it('gives an empty one on demand', async () => {
    const database = await createTestDatabase({ empty: true });
    expect(await query(database.url, TABLES)).toEqual([{ tables: 0 }]);
    await database.drop();
  });

  it('copies a database faster than the migrations could make it', async () => {
    const copied = await quickestOf(5, () => createTestDatabase());
    const migrated = await quickestOf(3, async () => {
      const database = await createTestDatabase({ empty: true });
      await migrate(database.url);
      return database;
    });
    expect(copied).toBeLessThan(migrated);
  });

  it('drops a database that is still in use', async () => {
    const database = await createTestDatabase();
    const client = new pg.Client({ connectionString: database.url });
    const lost = new Promise((resolve) => client.on('error', resolve));
    await client.connect();
    await database.drop();
    await expect(lost).resolves.toBeInstanceOf(Error);
    await expect(query(database.url, 'select 1')).rejects.toThrow(/does not exist/);
  });

  it('knows upper and lower case beyond ASCII, as the unique user names need it', async () => {
    const database = await createTestDatabase();
    expect(await query(database.url, `select lower('ÅSE') as lower`)).toEqual([{ lower: 'åse' }]);
    await database.drop();
  });
});
