import { openOrm, type EntityManager, type MikroORM } from '@assay/models';
import { createTestDatabase } from './test-database.js';

/** An ORM on a database that one test file has to itself. */
export type TestOrm = {
  orm: MikroORM;
  url: string;
  /** A fresh unit of work, which sees only what is stored. */
  fork(): EntityManager;
  /** Closes the connections and drops the database. */
  close(): Promise<void>;
};

/** Opens MikroORM with all entities on a fresh, migrated database. */
export async function openTestOrm(): Promise<TestOrm> {
  const { url, drop } = await createTestDatabase();
  const orm = await openOrm({ clientUrl: url });
  return {
    orm,
    url,
    fork: () => orm.em.fork(),
    close: async () => {
      await orm.close(true);
      await drop();
    },
  };
}
