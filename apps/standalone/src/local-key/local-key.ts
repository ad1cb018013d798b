import { hashSecret } from '@assay/auth';
import { SYSTEM_ACTOR, type Actor } from '@assay/contracts';
import { ApiKeysService } from '@assay/identity';
import { POOL } from '@assay/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';

/**
 * Leaves a personal key of an administrator beside the data, in a file that only this user reads, so that the `assay` command
 * works here without a login. Whoever can read the file can read the database as well.
 */
export async function leaveLocalKey(app: NestFastifyApplication, dataDir: string, url: string): Promise<void> {
  const file = join(dataDir, 'cli-credentials.json');
  const pool = app.get<pg.Pool>(POOL, { strict: false });
  const kept = readKey(file);
  const key = kept !== undefined && (await isGood(pool, kept)) ? kept : await makeKey(app, pool);
  if (key === undefined) return;
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, `${JSON.stringify({ url, key }, null, 2)}\n`, { mode: 0o600 });
  renameSync(unfinished, file);
}

function readKey(file: string): string | undefined {
  try {
    const { key } = JSON.parse(readFileSync(file, 'utf8')) as { key?: unknown };
    return typeof key === 'string' ? key : undefined;
  } catch {
    return undefined;
  }
}

async function isGood(pool: pg.Pool, key: string): Promise<boolean> {
  const { rowCount } = await pool.query(
    `SELECT 1 FROM experimentation.api_keys k JOIN experimentation.users u ON u.id = k.user_id
      WHERE k.key_hash = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now()) AND u.is_active`,
    [hashSecret(key)],
  );
  return rowCount === 1;
}

/** Undefined when there is no active administrator to act as. */
async function makeKey(app: NestFastifyApplication, pool: pg.Pool): Promise<string | undefined> {
  const { rows } = await pool.query<{ id: string; username: string }>(
    `SELECT id, username FROM experimentation.users WHERE is_superuser AND is_active ORDER BY created_at, id LIMIT 1`,
  );
  const [admin] = rows;
  if (admin === undefined) return undefined;
  const actor: Actor = { ...SYSTEM_ACTOR, kind: 'user', id: admin.id, name: admin.username };
  const made = await app
    .get(ApiKeysService, { strict: false })
    .create(
      { actor },
      { name: `assay command on ${hostname()}`, kind: 'personal', project: 'default', environment: 'production' },
    );
  return made.key;
}
