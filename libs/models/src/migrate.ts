import type { MikroORM } from '@mikro-orm/postgresql';
import { migrations } from './migrations/index.js';
import { openOrm } from './open-orm.js';
import { SCHEMA } from './schema.js';

/** Any number, as long as every process of the platform takes the same: the advisory lock of the migrations. */
const MIGRATION_LOCK = 7_302_114_975;

/** The names of the migrations that one call has applied, in order; empty when there was nothing to do. */
export type MigrationResult = { applied: string[] };

/**
 * Brings the database up to date: every pending migration in one transaction, all or nothing. Safe to call from several
 * processes at once: they take turns on an advisory lock, and the later ones find nothing to do.
 *
 * @param target the URL of the database, or an ORM made with `ormOptions` (its pool needs two connections)
 */
export async function migrate(target: string | MikroORM): Promise<MigrationResult> {
  return withOrm(target, (orm) =>
    orm.em.getConnection().transactional(async (transaction) => {
      await orm.em.getConnection().execute(`select pg_advisory_xact_lock(${MIGRATION_LOCK})`, [], 'run', transaction);
      const applied = await orm.migrator.up({ transaction });
      return { applied: applied.map(({ name }) => name) };
    }),
  );
}

/**
 * The names of the migrations that the database still lacks, in order. Only reads: a service calls it at its start and
 * refuses to run on an old schema.
 */
export async function pendingMigrations(target: string | MikroORM): Promise<string[]> {
  return withOrm(target, async (orm) => {
    const connection = orm.em.getConnection();
    const [table] = await connection.execute<{ present: boolean }[]>(
      `select to_regclass('${SCHEMA}.migrations') is not null as present`,
    );
    const rows = table?.present
      ? await connection.execute<{ name: string }[]>(`select name from ${SCHEMA}.migrations`)
      : [];
    const applied = new Set(rows.map(({ name }) => name));
    return migrations.map(({ name }) => name).filter((name) => !applied.has(name));
  });
}

async function withOrm<T>(target: string | MikroORM, use: (orm: MikroORM) => Promise<T>): Promise<T> {
  if (typeof target !== 'string') return use(target);
  const orm = await openOrm({ clientUrl: target, entities: [] });
  try {
    return await use(orm);
  } finally {
    await orm.close(true);
  }
}
