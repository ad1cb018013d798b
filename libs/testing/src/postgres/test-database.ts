import { randomUUID } from 'node:crypto';
import { administer, startTestPostgres } from './test-postgres.js';

/** A database that one test file has to itself. */
export type TestDatabase = {
  url: string;
  /** Removes it, cutting off whoever is still connected. */
  drop(): Promise<void>;
};

/**
 * A fresh database with every migration applied, copied from a template within 200 ms; `{ empty: true }` gives one
 * without any schema. Starts the server when it is not running yet. Databases that are not dropped end with the run.
 */
export async function createTestDatabase({ empty = false }: { empty?: boolean } = {}): Promise<TestDatabase> {
  const server = await startTestPostgres();
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const admin = server.urlOf('postgres');
  await administer(admin, `create database ${name} template ${empty ? 'template0' : server.template}`);
  return {
    url: server.urlOf(name),
    async drop() {
      await administer(admin, untilLeft(name));
      await administer(admin, `drop database if exists ${name} with (force)`);
    },
  };
}

/**
 * A pool that was ended a moment ago may still be saying goodbye: being cut off then would be an error that nobody listens for.
 * Two seconds at most.
 */
const untilLeft = (name: string): string => `do $$ begin
  for round in 1..80 loop
    exit when not exists (select from pg_stat_activity where datname = '${name}');
    perform pg_sleep(0.025);
    perform pg_stat_clear_snapshot();
  end loop;
end $$`;
