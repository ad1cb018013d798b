import { execFileSync, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { StartupError } from '../bootstrap/startup-error.js';

/** The system user the server runs as; `undefined` stands for the user Assay itself runs as. */
export interface ServerAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

export const isRoot = (): boolean => process.getuid?.() === 0;

/**
 * PostgreSQL refuses to run as root. Then: the user `postgres`, else `assay`, else a new system user `assay`, else
 * `nobody`.
 */
export function chooseAccount(): ServerAccount | undefined {
  if (!isRoot()) return undefined;
  const known = lookUp('postgres') ?? lookUp('assay');
  if (known !== undefined) return known;
  spawnSync('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', '--user-group', 'assay'], {
    stdio: 'ignore',
  });
  const found = lookUp('assay') ?? lookUp('nobody');
  if (found === undefined)
    throw new StartupError(
      'PostgreSQL does not run as root and there is no user to run it as. Create one: useradd --system assay',
    );
  return found;
}

/** An existing directory goes on with its owner, whoever that is. */
export function accountOfOwner(owner: { uid: number; gid: number }): ServerAccount | undefined {
  return isRoot() ? { name: `user ${owner.uid}`, uid: owner.uid, gid: owner.gid } : undefined;
}

/** Options of `spawn` that make a child run as the account, with nothing of our environment but the path. */
export function runAs(account: ServerAccount | undefined): {
  uid?: number;
  gid?: number;
  cwd: string;
  env: Record<string, string>;
} {
  const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
  return { cwd: '/', env, ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }) };
}

/** Runs a short program as the account and waits for it. */
export function tryAs(
  account: ServerAccount | undefined,
  command: string,
  args: readonly string[],
): SpawnSyncReturns<string> {
  return spawnSync(command, args, { ...runAs(account), encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Whether the account gets to a folder and may write into it. Asked of the system itself: it knows of ACLs and mounts. */
export function canWrite(account: ServerAccount | undefined, folder: string): boolean {
  return tryAs(account, '/bin/sh', ['-c', 'cd -- "$1" && test -w . && test -r .', 'sh', folder]).status === 0;
}

function lookUp(name: string): ServerAccount | undefined {
  const ask = (flag: string): number =>
    Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim());
  try {
    const [uid, gid] = [ask('-u'), ask('-g')];
    return uid > 0 ? { name, uid, gid } : undefined;
  } catch {
    return undefined;
  }
}
