// Lets the processes of a cluster end with their launcher, even if it is killed outright.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { node } from '../../run/places.mjs';

/** Starts a process, outside the launcher's group, that ends what `processes.json` names as soon as the launcher is gone. */
export function startGuard(dataDir) {
  const program = join(import.meta.dirname, 'guard-process.mjs');
  const guard = spawn(node, [program, dataDir], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  // Neither of them is to keep the launcher from ending.
  guard.unref();
  guard.stdin.unref();
  guard.stdin.on('error', () => undefined);
  return { release: () => void guard.kill('SIGKILL') };
}
