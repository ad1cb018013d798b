import type pg from 'pg';

/** Runs reads that belong together: all see the database as it is at the first of them. */
export async function inSnapshot<T>(pool: pg.Pool, read: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const result = await read(client);
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    // The connection goes with its transaction.
    client.release(error instanceof Error ? error : true);
    throw error;
  }
}
