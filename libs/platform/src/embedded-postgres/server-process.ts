import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { programOf, type PostgresBinaries } from './postgres-binaries.js';
import { readPostmaster, signalIfThere } from './postmaster.js';
import { runAs, type ServerAccount } from './server-account.js';
import { serverArguments } from './server-settings.js';

export interface ServerPlan {
  readonly binaries: PostgresBinaries;
  readonly account: ServerAccount | undefined;
  readonly pgData: string;
  readonly logFile: string;
}

/** The server ended before it accepted connections; `message` is its own complaint. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
}

/** One `postgres`, in a process group of its own: Ctrl-C in the terminal reaches Assay, which stops it in order. */
export class ServerProcess {
  /** How it ended; undefined while it runs. */
  private ended: string | undefined;
  /** Resolves with how it ended. */
  readonly exited: Promise<string>;
  private readonly logStart: number;
  private readonly child: ChildProcess;

  constructor(
    private readonly plan: ServerPlan,
    port: number,
  ) {
    const log = openSync(plan.logFile, 'a', 0o600);
    this.logStart = statSync(plan.logFile).size;
    const args = serverArguments(plan.pgData, port);
    this.child = spawn(programOf(plan.binaries, 'postgres'), args, {
      ...runAs(plan.account),
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.exited = new Promise((resolve) => {
      const end = (how: string): void => {
        this.ended ??= how;
        resolve(this.ended);
      };
      this.child.once('error', (error) => end(error.message));
      this.child.once('exit', (code, signal) => end(signal === null ? `exit code ${code}` : `signal ${signal}`));
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /**
   * Resolves when the server accepts connections, however long its recovery takes.
   *
   * @throws LaunchError when it ends before.
   */
  async ready(): Promise<void> {
    while (this.ended === undefined) {
      const status = readPostmaster(this.plan.pgData);
      if (status?.isReady === true && status.pid === this.pid) return;
      await sleep(15);
    }
    const log = readFileSync(this.plan.logFile).subarray(this.logStart).toString('utf8');
    throw new LaunchError(lastComplaint(log) ?? this.ended);
  }

  /** Fast shutdown (running queries are ended, everything is written); after `patience` ms an immediate one. */
  async stop(patience = 7_000): Promise<void> {
    for (const [signal, wait] of [
      ['SIGINT', patience],
      ['SIGQUIT', 1_500],
      ['SIGKILL', 1_000],
    ] as const) {
      if (this.ended !== undefined) return;
      this.signal(signal);
      const timer = new AbortController();
      await Promise.race([this.exited, sleep(wait, undefined, { signal: timer.signal }).catch(() => undefined)]);
      timer.abort();
    }
  }

  signal(signal: NodeJS.Signals): void {
    if (this.ended === undefined && this.pid !== undefined) signalIfThere(this.pid, signal);
  }
}

/** The line of a server's log that says why it gave up: the cause, where there is one, else the last fatal line. */
export function lastComplaint(log: string): string | undefined {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  const cause = lines.find((line) =>
    /could not bind|could not create (lock|shared)|No space left|shared memory block/.test(line),
  );
  const fatal = lines.filter((line) => /\b(FATAL|PANIC):/.test(line)).at(-1);
  return (cause ?? fatal ?? lines.at(-1))?.replace(/^.*?\b(?:FATAL|PANIC|LOG|WARNING):\s*/, '').trim();
}
