/** What the log needs of a PostgreSQL connection; a `pg.PoolClient`, `pg.Client` or `pg.Pool` fits. */
export interface SqlClient {
  query(text: string, values?: unknown[]): Promise<{ rows: SqlRow[] }>;
}

export type SqlRow = Record<string, unknown>;

/** What the log needs of a MikroORM entity manager to write in its transaction. */
export interface TransactionalEntityManager {
  isInTransaction(): boolean;
  flush(): Promise<void>;
  execute(query: string, params?: readonly unknown[], method?: 'all'): Promise<unknown>;
}

/** A running transaction of the caller: a `pg` client between BEGIN and COMMIT, or an entity manager in `em.transactional`. */
export type Transaction = SqlClient | TransactionalEntityManager;

/** A caller's transaction as a client that takes `$1`-style statements. Refuses an entity manager without a transaction. */
export function sqlOf(transaction: Transaction): SqlClient {
  if (!('isInTransaction' in transaction)) return transaction;
  if (!transaction.isInTransaction()) {
    throw new Error(
      'Give an entity manager that is inside em.transactional(), else the write is not part of your change.',
    );
  }
  return {
    async query(text, values = []) {
      // The entity manager takes `?` in order of appearance.
      const params: unknown[] = [];
      const statement = text.replace(/\$(\d+)/g, (_match, index: string) => {
        params.push(values[Number(index) - 1]);
        return '?';
      });
      return { rows: (await transaction.execute(statement, params, 'all')) as SqlRow[] };
    },
  };
}
