import { allEntities, openOrm, SCHEMA } from '@assay/models';
import { StartupError, systemCode } from '@assay/platform';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { scramVerifier } from './scram-verifier.js';
import { DATABASE_SERVICES, writableTables, type DatabaseService, type TableOf } from './table-owners.js';

export interface RolePlan {
  /** Before the name of the service in the name of its role. */
  readonly prefix: string;
  /** A role without a password keeps the one it has; a new one cannot log in then. */
  readonly passwords: Partial<Record<DatabaseService, string>>;
}

/** Any number, as long as every migration job takes the same. */
const LOCK = 7_302_114_976;
/** Nobody but identity has to see it. */
const SECRET_COLUMN = { table: 'users', column: 'hashed_password' };

/**
 * Makes the login role of each service and gives it exactly the rights it needs: to read everything (but password hashes), to
 * write its own tables and those every process writes. Rights it had before and should not have are taken away.
 *
 * @returns the names of the roles.
 * @throws StartupError when the user of `url` may not make roles.
 */
export async function ensureRoles(url: string, plan: RolePlan): Promise<string[]> {
  const tables = await tableNames(url);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    const names: string[] = [];
    for (const service of DATABASE_SERVICES) {
      const name = `${plan.prefix}${service}`;
      await ensureLogin(client, name, plan.passwords[service]);
      await grant(client, pg.escapeIdentifier(name), service, tables);
      names.push(name);
    }
    await client.query('COMMIT');
    return names;
  } catch (error) {
    if (systemCode(error) !== '42501') throw error;
    throw new StartupError(
      'The user of DATABASE_URL may not make roles. Give it CREATEROLE, or have them made for you.',
      {
        cause: error,
      },
    );
  } finally {
    await client.end();
  }
}

async function tableNames(url: string): Promise<TableOf> {
  const orm = await openOrm({ clientUrl: url, entities: allEntities });
  const metadata = orm.getMetadata();
  await orm.close(true);
  return (entity) => metadata.get(entity).tableName;
}

async function ensureLogin(client: pg.Client, name: string, password: string | undefined): Promise<void> {
  const role = pg.escapeIdentifier(name);
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
  if (rowCount === 0) await client.query(`CREATE ROLE ${role} NOLOGIN`);
  if (password === undefined) return;
  const verifier = pg.escapeLiteral(scramVerifier(password, randomBytes(16)));
  await client.query(`ALTER ROLE ${role} LOGIN PASSWORD ${verifier}`);
}

async function grant(client: pg.Client, role: string, service: DatabaseService, tableOf: TableOf): Promise<void> {
  const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name');
  const database = pg.escapeIdentifier(rows[0]?.name ?? '');
  // Temporary tables hold what is compared with members of a list; whoever runs the server may have taken them from PUBLIC.
  await client.query(`GRANT CONNECT, TEMPORARY ON DATABASE ${database} TO ${role}`);
  await client.query(`GRANT USAGE ON SCHEMA ${SCHEMA} TO ${role}`);
  await client.query(`REVOKE ALL ON ALL TABLES IN SCHEMA ${SCHEMA} FROM ${role}`);
  await client.query(`GRANT SELECT ON ALL TABLES IN SCHEMA ${SCHEMA} TO ${role}`);
  await client.query(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${SCHEMA} TO ${role}`);
  if (service !== 'identity') await hideSecret(client, role);
  const writable = writableTables(service, tableOf).map((table) => `${SCHEMA}.${table}`);
  await client.query(`GRANT INSERT, UPDATE, DELETE ON ${writable.join(', ')} TO ${role}`);
}

async function hideSecret(client: pg.Client, role: string): Promise<void> {
  const { table, column } = SECRET_COLUMN;
  const { rows } = await client.query<{ name: string }>(
    `SELECT column_name AS name FROM information_schema.columns
     WHERE table_schema = $1 AND table_name = $2 AND column_name <> $3`,
    [SCHEMA, table, column],
  );
  const open = rows.map(({ name }) => pg.escapeIdentifier(name));
  await client.query(`REVOKE SELECT ON ${SCHEMA}.${table} FROM ${role}`);
  await client.query(`GRANT SELECT (${open.join(', ')}) ON ${SCHEMA}.${table} TO ${role}`);
}
