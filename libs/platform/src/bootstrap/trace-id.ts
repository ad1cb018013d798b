import { randomUUID } from 'node:crypto';

/** Trace id of a W3C `traceparent` header; undefined when it is missing, malformed or all zeros. */
export function traceIdOf(traceparent: string | undefined): string | undefined {
  const match = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}/.exec(traceparent ?? '');
  const id = match?.[1];
  return id === undefined || /^0+$/.test(id) ? undefined : id;
}

export function newTraceId(): string {
  const id = randomUUID();
  return id.slice(0, 8) + id.slice(9, 13) + id.slice(14, 18) + id.slice(19, 23) + id.slice(24);
}
