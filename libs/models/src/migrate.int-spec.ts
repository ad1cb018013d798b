import { createTestDatabase, type TestDatabase } from '@assay/testing';
import type { MikroORM } from '@mikro-orm/postgresql';
import { migrate, pendingMigrations } from './migrate.js';
import { migrations } from './migrations/index.js';
import { openOrm } from './open-orm.js';

const NAMES = migrations.map(({ name }) => name);

describe('migrate', () => {
  let database: TestDatabase;
  let orm: MikroORM;

  beforeEach(async () => {
    database = await createTestDatabase({ empty: true });
    orm = await openOrm({ clientUrl: database.url, entities: [] });
  });
  afterEach(async () => {
    await orm.close(true);
    await database.drop();
  });

  it('applies every migration in order, and a second time nothing', async () => {
    expect(await migrate(database.url)).toEqual({ applied: NAMES });
    expect(await migrate(database.url)).toEqual({ applied: [] });
  });

  it('takes an open ORM as well as a URL', async () => {
    expect(await migrate(orm)).toEqual({ applied: NAMES });
    expect(await pendingMigrations(orm)).toEqual([]);
  });

  it('run by five processes at once, each migration is applied once', async () => {
    const results = await Promise.all(Array.from({ length: 5 }, () => migrate(database.url)));
    expect(results.flatMap(({ applied }) => applied)).toEqual(NAMES);
    const rows = await orm.em.getConnection().execute('select name from experimentation.migrations order by id');
    expect(rows).toEqual(NAMES.map((name) => ({ name })));
  });

  it('names what is pending without touching the database', async () => {
    expect(await pendingMigrations(database.url)).toEqual(NAMES);
    expect(await schemas(orm)).toEqual(['public']);
    await migrate(database.url);
    expect(await pendingMigrations(database.url)).toEqual([]);
  });

  it('puts everything, its own table included, into the schema experimentation', async () => {
    await migrate(database.url);
    expect(await schemas(orm)).toEqual(['experimentation', 'public']);
    const inPublic = `select count(*)::int as relations from pg_class where relnamespace = 'public'::regnamespace`;
    expect(await orm.em.getConnection().execute(inPublic)).toEqual([{ relations: 0 }]);
  });

  it('leaves nothing behind when one of them fails', async () => {
    // The name of a table of the last migration is taken, so that migration fails after the others have run.
    await orm.em.getConnection().execute('create schema experimentation; create table experimentation.outbox (id int)');
    await expect(migrate(database.url)).rejects.toThrow(/outbox.*already exists/);
    expect(await pendingMigrations(database.url)).toEqual(NAMES);
    const tables = `select tablename from pg_tables where schemaname = 'experimentation' order by 1`;
    expect(await orm.em.getConnection().execute(tables)).toEqual([
      { tablename: 'migrations' },
      { tablename: 'outbox' },
    ]);
  });

  it('needs no superuser', async () => {
    await orm.em.getConnection().execute(`
      create role plain_${process.pid} login password 'plain';
      do $$ begin execute format('grant create on database %I to plain_${process.pid}', current_database()); end $$`);
    const url = new URL(database.url);
    url.username = `plain_${process.pid}`;
    url.password = 'plain';
    expect(await migrate(url.href)).toEqual({ applied: NAMES });
    await database.drop();
    await orm.close(true);
    database = await createTestDatabase({ empty: true });
    orm = await openOrm({ clientUrl: database.url, entities: [] });
    await orm.em.getConnection().execute(`drop role plain_${process.pid}`);
  });
});

async function schemas(orm: MikroORM): Promise<string[]> {
  const rows = await orm.em
    .getConnection()
    .execute<{ name: string }[]>(
      `select nspname as name from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' order by 1`,
    );
  return rows.map(({ name }) => name);
}
