import { migrations } from './migrations/index.js';
import { openOrm } from './open-orm.js';
import { SCHEMA } from './schema.js';

/**
 * The names of applied migrations that this version of the code does not know, in order: a newer one has been at work, and
 * its schema must not be written by an older one. Only reads; empty for a new database.
 */
export async function unknownMigrations(url: string): Promise<string[]> {
  const orm = await openOrm({ clientUrl: url, entities: [] });
  try {
    const connection = orm.em.getConnection();
    const [table] = await connection.execute<{ present: boolean }[]>(
      `select to_regclass('${SCHEMA}.migrations') is not null as present`,
    );
    if (table?.present !== true) return [];
    const rows = await connection.execute<{ name: string }[]>(`select name from ${SCHEMA}.migrations order by id`);
    const known = new Set(migrations.map(({ name }) => name));
    return rows.map(({ name }) => name).filter((name) => !known.has(name));
  } finally {
    await orm.close(true);
  }
}
