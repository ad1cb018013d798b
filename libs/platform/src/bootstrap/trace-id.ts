import { randomUUID } from 'node:crypto';

/** Trace id of a W3C `traceparent` header; undefined when it is missing, malformed or all zeros. */
export function traceIdOf(traceparent: string | undefined): string | undefined {
  const match = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}/.exec(traceparent ?? '');
  const id = match?.[1];
  return id === undefined || /^0+$/.test(id) ? undefined : id;
}

export const newTraceId = (): string => randomUUID().replaceAll('-', '');
