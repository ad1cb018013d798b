import { once } from 'node:events';
import { ConfigError } from '../config/parse-config.js';
import { StartupError } from './startup-error.js';

export interface RunOptions {
  /** So long after it was asked the process ends, whether it could stop in order or not. */
  readonly stopWithinMilliseconds?: number;
}

/** What `start` answers: how to stop what it started. */
export type Stop = () => Promise<void>;

/**
 * The frame of a process: starts, stays until SIGTERM or SIGINT, stops in order, ends with 0. What the operator can mend
 * is printed as it is and ends with 1; anything else with its stack. A signal that comes while it starts aborts what `start` was
 * given: who waits for something gives it up, and what is started all the same is stopped at once.
 */
export async function runProcess(
  start: (asked: AbortSignal) => Promise<Stop>,
  { stopWithinMilliseconds = 9_000 }: RunOptions = {},
): Promise<void> {
  const asked = new AbortController();
  let started = false;
  const tooLate = (): void => {
    if (started) process.stderr.write('Some work did not end in time; stopping anyway.\n');
    process.exit(started ? 1 : 0);
  };
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (!asked.signal.aborted) setTimeout(tooLate, stopWithinMilliseconds);
      asked.abort();
    });
  }
  try {
    const stop = await start(asked.signal);
    started = true;
    if (!asked.signal.aborted) await once(asked.signal, 'abort');
    await stop();
    process.exit(0);
  } catch (error) {
    // Ctrl-C reaches the programs a start is waiting for as well: that they fail then is no news.
    if (asked.signal.aborted) process.exit(0);
    process.stderr.write(`${describe(error)}\n`);
    process.exit(1);
  }
}

function describe(error: unknown): string {
  if (error instanceof StartupError || error instanceof ConfigError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
