// Runs a compiled program in place of this process, after a build if one is due. When this is an older node than the platform needs
// (npm scripts get the right one), the program runs in the one that came with `npm ci`, in our place.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { node } from './places.mjs';

const NEEDED_MAJOR = 24;

export async function runHere(script, work) {
  if (!existsSync(node)) {
    process.stderr.write('Run npm ci first.\n');
    process.exit(1);
  }
  if (Number.parseInt(process.versions.node, 10) < NEEDED_MAJOR) return inOtherNode(script);
  const { buildIfStale } = await import('./build-if-stale.mjs');
  buildIfStale();
  await work();
}

/**
 * Becomes the program: same process, same terminal, same signals, nothing of the launcher left.
 *
 * @param environment what is set unless the caller has set it
 */
export const program = (file, flags, environment) => () => {
  process.execve(process.execPath, [process.execPath, ...flags, file, ...process.argv.slice(2)], {
    ...environment,
    ...process.env,
  });
};

function inOtherNode(script) {
  const child = spawn(node, [script, ...process.argv.slice(2)], { stdio: 'inherit' });
  // A Ctrl-C in the terminal reaches the child by itself; a signal sent to us does not.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('exit', (code, signal) => process.exit(signal === null ? code : 1));
}
