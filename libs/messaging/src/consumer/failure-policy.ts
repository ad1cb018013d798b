import { AppError } from '@assay/contracts';
import { asUnavailable } from '@assay/platform';
import type { Backoff } from '../log/log-options.js';

/** `outage`: the same call may succeed later, whatever the record is. `own`: the record or the handler is at fault. */
export type FailureKind = 'outage' | 'own';

/** SQLSTATEs of a server that works but cannot now: lost races, full resources, a standby. */
const PASSING = new Set(['40001', '40P01', '55P03', '53000', '53100', '53200', '53300', '25006', '57P05', '25P03']);

/** What sort of failure a handler ended with. */
export function failureKind(error: unknown): FailureKind {
  if (error instanceof AppError) return error.retryable ? 'outage' : 'own';
  if (unavailable(error) !== undefined) return 'outage';
  for (let cause = error, depth = 0; isError(cause) && depth < 5; cause = cause.cause, depth += 1) {
    if ('code' in cause && typeof cause.code === 'string' && PASSING.has(cause.code)) return 'outage';
    if ('retriable' in cause && cause.retriable === true) return 'outage';
  }
  return 'own';
}

/**
 * A lost connection as a retryable error; undefined for any other error. Errors of Node's own core may come from another
 * realm (under Jest they do), where `instanceof` does not know them.
 */
export function unavailable(error: unknown): AppError | undefined {
  if (error instanceof Error || !isError(error)) return asUnavailable(error);
  const { message } = error;
  return asUnavailable(Object.assign(new Error(message), error));
}

/** Also of another realm. */
const isError = (value: unknown): value is Error =>
  value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';

/** Wait before try `failures + 1`, with full jitter over the upper half; `random` is in [0, 1). */
export function backoffMs(backoff: Backoff, failures: number, random: number): number {
  const ceiling = Math.min(backoff.capMs, backoff.baseMs * 2 ** Math.min(failures - 1, 30));
  return ceiling / 2 + (ceiling / 2) * random;
}

/** Text and code of an error for a dead letter. */
export function errorText(error: unknown): { message: string; code: string | null } {
  if (error instanceof AppError) return { message: error.message, code: error.code };
  if (error instanceof Error) {
    return {
      message: error.message,
      code: 'code' in error && typeof error.code === 'string' ? error.code : error.name,
    };
  }
  return { message: typeof error === 'string' ? error : (JSON.stringify(error) ?? 'unknown'), code: null };
}
