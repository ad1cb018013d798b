import { createTestDatabase, type TestDatabase } from '@assay/testing';
import { migrate } from './migrate.js';
import { openOrm } from './open-orm.js';
import { unknownMigrations } from './unknown-migrations.js';

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase({ empty: true });
});
afterEach(() => database.drop());

it('finds none in a new database, nor in one of this version', async () => {
  expect(await unknownMigrations(database.url)).toEqual([]);
  await migrate(database.url);
  expect(await unknownMigrations(database.url)).toEqual([]);
});

it('names what a newer version has applied', async () => {
  await migrate(database.url);
  const orm = await openOrm({ clientUrl: database.url, entities: [] });
  await orm.em
    .getConnection()
    .execute(`insert into experimentation.migrations (name) values ('9998-later'), ('9999-last')`);
  await orm.close(true);
  expect(await unknownMigrations(database.url)).toEqual(['9998-later', '9999-last']);
});
