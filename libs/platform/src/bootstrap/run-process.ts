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
  let asked: () => void = () => undefined;
  const signal = new Promise<void>((resolve) => (asked = resolve));
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, asked);
  try {
    const stop = await start();
    await signal;
    const tooLate = setTimeout(() => {
      process.stderr.write('Some work did not end in time; stopping anyway.\n');
      process.exit(1);
    }, stopWithinMilliseconds);
    await stop();
    clearTimeout(tooLate);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${describe(error)}\n`);
    process.exit(1);
  }
}

function describe(error: unknown): string {
  if (error instanceof StartupError || error instanceof ConfigError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
