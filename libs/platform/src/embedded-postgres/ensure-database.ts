import pg from 'pg';

/** Assay's own database. */
export const DATABASE = 'assay';

const INVALID_CATALOG_NAME = '3D000';

/** Makes the database unless it is there (a new cluster has only `postgres`). */
export async function ensureDatabase(url: string, maintenanceUrl: string): Promise<void> {
  try {
    await query(url, 'SELECT 1');
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== INVALID_CATALOG_NAME) throw error;
    await query(maintenanceUrl, `CREATE DATABASE ${DATABASE} STRATEGY file_copy`);
  }
}

async function query(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
