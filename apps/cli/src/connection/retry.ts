/** What came of an attempt: the status that was answered, or undefined when the connection failed. */
export interface Attempt {
  readonly status: number | undefined;
  /** The `Retry-After` header, seconds. */
  readonly retryAfter: number | undefined;
}

const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 5_000;

/** Whether the same request may succeed a little later. */
export const isTemporary = ({ status }: Attempt): boolean =>
  status === undefined || status === 429 || status === 502 || status === 503 || status === 504;

/**
 * Milliseconds to wait after the `failures`-th failure in a row (from 1): doubling from 0.2 s to 5 s, less up to a quarter
 * so that several clients do not come back at once; never shorter than the server asked for. `chance` is in [0, 1).
 */
export function pauseBefore(failures: number, attempt: Attempt, chance: number): number {
  const backoff = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - 1));
  return Math.max(backoff * (1 - chance / 4), (attempt.retryAfter ?? 0) * 1_000);
}
