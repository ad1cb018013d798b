import { readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemCode } from '../bootstrap/startup-error.js';
import { startMark } from './process-identity.js';

/** What the running server says of itself in `postmaster.pid`. */
export interface PostmasterStatus {
  readonly pid: number;
  readonly port: number | undefined;
  /** It accepts connections (not merely starting, recovering or stopping). */
  readonly isReady: boolean;
}

/** Lines of `postmaster.pid`: pid, data directory, start, port, socket folder, address, shared memory, state. */
export function parsePostmasterPid(text: string): PostmasterStatus | undefined {
  const lines = text.split('\n');
  const pid = Number.parseInt(lines[0] ?? '', 10);
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  const port = Number.parseInt(lines[3] ?? '', 10);
  return { pid, port: Number.isInteger(port) ? port : undefined, isReady: lines[7]?.trim() === 'ready' };
}

export function readPostmaster(pgData: string): PostmasterStatus | undefined {
  try {
    return parsePostmasterPid(readFileSync(join(pgData, 'postmaster.pid'), 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Ends a server that an Assay killed with -9 left behind, so that its last transactions end as well; a pid file of a
 * server that is gone is removed. Call it only while holding the instance lock.
 *
 * @returns the pid of the server that was stopped, if one was running.
 */
export async function stopLeftOver(pgData: string): Promise<number | undefined> {
  const found = readPostmaster(pgData);
  if (found === undefined) return undefined;
  if (!isServerOf(found.pid, pgData)) {
    rmSync(join(pgData, 'postmaster.pid'), { force: true });
    return undefined;
  }
  const gone = () => startMark(found.pid) === undefined;
  // SIGINT is PostgreSQL's fast shutdown, SIGQUIT the immediate one (recovery at the next start).
  for (const [signal, patience] of [
    ['SIGINT', 8_000],
    ['SIGQUIT', 4_000],
    ['SIGKILL', 2_000],
  ] as const) {
    signalIfThere(found.pid, signal);
    if (await within(patience, gone)) return found.pid;
  }
  return found.pid;
}

/** A pid may have been given to something else since; a postmaster's working directory is its data directory. */
function isServerOf(pid: number, pgData: string): boolean {
  if (startMark(pid) === undefined) return false;
  if (process.platform !== 'linux') return true;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(pgData);
  } catch {
    return commandOf(pid) === 'postgres';
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

export function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (systemCode(error) !== 'ESRCH') throw error;
  }
}

async function within(milliseconds: number, condition: () => boolean): Promise<boolean> {
  const end = Date.now() + milliseconds;
  while (!condition()) {
    if (Date.now() > end) return false;
    await sleep(20);
  }
  return true;
}
