import { existsSync, lstatSync, readdirSync, realpathSync, rmSync, rmdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InstanceLock } from './instance-lock.js';
import { stopLeftOver } from './postmaster.js';

/** What Assay puts into its data directory; nothing else is ever removed from it. */
const OURS =
  /^(?:postgres(?:\.new|\.new\.password|-password|\.log)?|jwt-secret|cli-credentials\.json|kafka|processes\.json|cluster-secrets\.json|assay\.lock\..*)$/;

/**
 * Removes the database and secrets of a data directory, wherever the database lies; the directory itself too, if nothing
 * else is in it.
 *
 * @throws StartupError when an Assay is running on it.
 */
export async function removeData(dataDir: string): Promise<void> {
  const directory = resolve(dataDir);
  if (!existsSync(directory)) return;
  const lock = InstanceLock.acquire(directory);
  try {
    const postgres = join(directory, 'postgres');
    const isLink = lstatSync(postgres, { throwIfNoEntry: false })?.isSymbolicLink() === true;
    const pgData = existsSync(postgres) ? realpathSync(postgres) : undefined;
    if (pgData !== undefined) await stopLeftOver(pgData);
    for (const name of readdirSync(directory).filter((entry) => OURS.test(entry))) {
      rmSync(join(directory, name), { recursive: true, force: true });
    }
    if (isLink && pgData !== undefined) rmSync(pgData, { recursive: true, force: true });
  } finally {
    lock.release();
  }
  if (readdirSync(directory).length === 0) rmdirSync(directory);
}
