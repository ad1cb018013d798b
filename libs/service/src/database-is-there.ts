import { pendingMigrations, unknownMigrations } from '@assay/models';
import { StartupError } from '@assay/platform';
import pg from 'pg';
import type { Precondition } from './waiting-room.js';

/** SQLSTATEs that waiting does not mend. */
const REFUSED: Record<string, string> = {
  '28P01': 'does not accept this user and password',
  '28000': 'does not accept this user and password',
  '3D000': 'does not exist',
};

/** PostgreSQL answers and the migration job has brought its schema to what this code needs, or further. */
export function databaseIsThere(url: string): Precondition {
  return {
    name: 'database',
    check: async () => {
      await connectOnce(url);
      const pending = await pendingMigrations(url);
      if (pending.length === 0) return;
      const unknown = await unknownMigrations(url);
      const newer = unknown.length > 0 ? ', and it was written by another version of Assay' : '';
      throw new Error(`The schema lacks ${pending.join(', ')}${newer}: the migration job has to run.`);
    },
  };
}

async function connectOnce(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    const state = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
    const { hostname, port, pathname } = new URL(url);
    const reason = REFUSED[state];
    if (reason === undefined) throw error;
    throw new StartupError(`The database at ${hostname}:${port || '5432'}${pathname} ${reason}. Check DATABASE_URL.`, {
      cause: error,
    });
  } finally {
    await client.end().catch(() => undefined);
  }
}
