import { spawnSync } from 'node:child_process';
import { cpSync, lstatSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { StartupError } from '../bootstrap/startup-error.js';
import { programOf, type PostgresBinaries } from './postgres-binaries.js';
import { tryAs, type ServerAccount } from './server-account.js';

/** Where programs go that lie in a folder the server's user cannot enter (a clone under /root, say). */
const CACHES = ['/var/cache/assay', join(tmpdir(), 'assay-cache')];

/**
 * Binaries that the account can execute: the installed ones, or a copy of them (made once per version) in a place that
 * everybody can read.
 *
 * @throws StartupError when they run nowhere.
 */
export function runnableBinaries(installed: PostgresBinaries, account: ServerAccount | undefined): PostgresBinaries {
  let complaint = whyNotRunnable(installed, account);
  if (complaint === undefined) return installed;
  for (const cache of account === undefined ? [] : CACHES) {
    const copy = {
      ...installed,
      root: join(cache, `postgres-${installed.version}-${process.platform}-${process.arch}`),
    };
    try {
      if (!isOurs(copy.root)) copyOnce(installed.root, copy.root);
      complaint = whyNotRunnable(copy, account);
      if (complaint === undefined) return copy;
    } catch (error) {
      complaint = error instanceof Error ? error.message : String(error);
    }
  }
  throw new StartupError(
    `The embedded PostgreSQL does not run on this system (${complaint}). Set DATABASE_URL to a server of your own.`,
  );
}

function whyNotRunnable(binaries: PostgresBinaries, account: ServerAccount | undefined): string | undefined {
  const tried = tryAs(account, programOf(binaries, 'postgres'), ['--version']);
  if (tried.status === 0) return undefined;
  return tried.error?.message ?? (tried.stderr.trim().split('\n')[0] || `exit code ${tried.status}`);
}

/** A copy is trusted only if nobody else could have put it there. */
function isOurs(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found === undefined) return false;
  if (found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0) return true;
  throw new StartupError(`${folder} is not a folder of this user`);
}

/** Complete or not there at all: the copy gets its name at the end. */
function copyOnce(from: string, to: string): void {
  const parent = dirname(to);
  mkdirSync(parent, { recursive: true, mode: 0o755 });
  isOurs(parent);
  const unfinished = `${to}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  cpSync(from, unfinished, { recursive: true, verbatimSymlinks: true });
  spawnSync('chmod', ['-R', 'a+rX,go-w', unfinished]);
  try {
    renameSync(unfinished, to);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!isOurs(to)) throw error;
  }
}
