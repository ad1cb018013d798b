/** How a request to a service failed: it was never sent, the connection broke, or there was no answer in time. */
export type Failure = 'unsent' | 'broken' | 'timeout';

const UNSENT = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const BROKEN = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_DESTROYED', 'UND_ERR_CLOSED']);
const TIMEOUT = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);

/** Undefined for what is not the service's fault: a client that went away, a mistake of ours. */
export function failureOf(error: unknown): Failure | undefined {
  for (const code of codesOf(error)) {
    if (UNSENT.has(code)) return 'unsent';
    if (BROKEN.has(code)) return 'broken';
    if (TIMEOUT.has(code)) return 'timeout';
  }
  return undefined;
}

function* codesOf(error: unknown, depth = 0): Generator<string> {
  if (typeof error !== 'object' || error === null || depth > 3) return;
  if ('code' in error && typeof error.code === 'string') yield error.code;
  if (error instanceof AggregateError) for (const each of error.errors) yield* codesOf(each, depth + 1);
  if ('cause' in error) yield* codesOf(error.cause, depth + 1);
}
