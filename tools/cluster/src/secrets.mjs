// What the processes of a cluster have to agree on; made once and kept beside the data.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const DATABASE_SERVICES = ['identity', 'experiments', 'flags', 'assignment', 'ingestion', 'analysis'];

const secret = () => randomBytes(32).toString('base64url');

/** @returns {{jwtSecret: string, adminPassword: string, databasePasswords: Record<string, string>}} */
export function secretsOf(dataDir) {
  const file = join(dataDir, 'cluster-secrets.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const made = {
    jwtSecret: secret(),
    adminPassword: process.env.ASSAY_ADMIN_PASSWORD || secret(),
    databasePasswords: Object.fromEntries(DATABASE_SERVICES.map((service) => [service, secret()])),
  };
  writeFileSync(`${file}.part`, JSON.stringify(made, null, 2), { mode: 0o600 });
  renameSync(`${file}.part`, file);
  return made;
}
