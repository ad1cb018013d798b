/** Where a command writes to, and what it may expect there. */
export interface Terminal {
  /** Results. */
  readonly out: (text: string) => void;
  /** Progress and complaints. */
  readonly err: (text: string) => void;
  /** Somebody watches: progress may be drawn in place. */
  readonly isWatched: boolean;
}

export const processTerminal = (): Terminal => ({
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
  isWatched: process.stderr.isTTY,
});
