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
    drop: () => administer(admin, `drop database if exists ${name} with (force)`),
  };
}
