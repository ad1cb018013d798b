import { StartupError, systemCode } from '@assay/platform';
import pg from 'pg';

const OLDEST_VERSION = 150_000;

/**
 * Connects once, so that a wrong address is known before anything is built on it.
 *
 * @throws StartupError that says what is wrong, without the password.
 */
export async function checkServer(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string }>('SHOW server_version_num');
    const version = Number(rows[0]?.version);
    if (version < OLDEST_VERSION) {
      throw new StartupError(
        `The PostgreSQL at ${place(url)} is version ${Math.floor(version / 10_000)}; Assay needs 15 or newer.`,
      );
    }
  } catch (error) {
    if (error instanceof StartupError) throw error;
    throw new StartupError(`The database at ${place(url)} ${reason(error)}. Check DATABASE_URL.`, { cause: error });
  } finally {
    await client.end().catch(() => undefined);
  }
}

function reason(error: unknown): string {
  const code = systemCode(error);
  const message =
    typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
  switch (code) {
    case '28P01':
    case '28000':
      return 'does not accept this user and password';
    case '3D000':
      return 'does not exist';
    default:
      return `cannot be reached (${code || message})`;
  }
}

function place(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}:${port || '5432'}${pathname}`;
}
