import pg from 'pg';
import { createTestDatabase } from './test-database.js';

async function query<T extends pg.QueryResultRow>(url: string, text: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(text)).rows;
  } finally {
    await client.end();
  }
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

  it('is quick: the median of nine copies takes less than 200 ms', async () => {
    const times: number[] = [];
    for (let i = 0; i < 9; i += 1) {
      const start = performance.now();
      const database = await createTestDatabase();
      times.push(performance.now() - start);
      await database.drop();
    }
    times.sort((a, b) => a - b);
    expect(times[4]).toBeLessThan(200);
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
