import { once } from 'node:events';
import { ConfigError } from '../config/parse-config.js';
import { StartupError } from './startup-error.js';

export interface RunOptions {
  /** The process ends after this, whether it could stop in order or not. */
  readonly stopWithinMilliseconds?: number;
}

/** What `start` answers: how to stop what it started. */
export type Stop = () => Promise<void>;

/**
 * The frame of a process: starts, stays until SIGTERM or SIGINT, stops in order, ends with 0. What the operator can mend
 * is printed as it is and ends with 1; anything else with its stack. A signal that comes while it starts is kept until it
 * has started.
 */
export async function runProcess(
  start: () => Promise<Stop>,
  { stopWithinMilliseconds = 9_000 }: RunOptions = {},
): Promise<void> {
  const asked = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(name, () => {
      asked.abort();
    });
  }
  try {
    const stop = await start();
    if (!asked.signal.aborted) await once(asked.signal, 'abort');
    const tooLate = setTimeout(() => {
      process.stderr.write('Some work did not end in time; stopping anyway.\n');
      process.exit(1);
    }, stopWithinMilliseconds);
    await stop();
    clearTimeout(tooLate);
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
