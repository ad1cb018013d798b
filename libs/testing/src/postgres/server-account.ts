import { execFileSync } from 'node:child_process';

/** The operating system account that a server runs as; undefined means: as whoever runs the tests. */
export type ServerAccount = { uid: number; gid: number };

/** PostgreSQL refuses to run as root. Then it runs as an account that is there already; none is made. */
export function serverAccount(): ServerAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const uid = idOf(name, '-u');
    const gid = idOf(name, '-g');
    if (uid !== undefined && gid !== undefined && uid !== 0) return { uid, gid };
  }
  throw new Error(
    'PostgreSQL does not run as root, and there is no account postgres or nobody: run the tests as a user',
  );
}

function idOf(name: string, flag: '-u' | '-g'): number | undefined {
  try {
    return Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return undefined;
  }
}
