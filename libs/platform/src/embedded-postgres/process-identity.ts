import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process that can be told from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When the process started, as the system tells it; two processes with one pid never share it. */
  readonly startedAt: string;
}

/**
 * Start mark of a running process; undefined when it does not run (a zombie, which only waits to be reaped, does not
 * run either).
 */
export function startMark(pid: number): string | undefined {
  return process.platform === 'linux' ? linuxStartMark(pid) : portableStartMark(pid);
}

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, startedAt: startMark(process.pid) ?? '' };
}

export function isRunning(identity: ProcessIdentity): boolean {
  return startMark(identity.pid) === identity.startedAt;
}

/** State and start time (clock ticks after boot) of `/proc/<pid>/stat`; the command may hold blanks and brackets. */
export function parseProcStat(stat: string): { state: string; startTicks: string } | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTicks] = [fields[0], fields[19]];
  return state === undefined || startTicks === undefined ? undefined : { state, startTicks };
}

function linuxStartMark(pid: number): string | undefined {
  try {
    const stat = parseProcStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    if (stat === undefined || stat.state === 'Z' || stat.state === 'X') return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${stat.startTicks}`;
  } catch {
    return undefined;
  }
}

function portableStartMark(pid: number): string | undefined {
  try {
    const asked = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [state, ...started] = asked.trim().split(/\s+/);
    return state === undefined || state.startsWith('Z') || started.length === 0 ? undefined : started.join(' ');
  } catch {
    return undefined;
  }
}
