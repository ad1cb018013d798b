import { randomBytes } from 'node:crypto';

const ID_DIGITS = 32;
const BYTES_AHEAD = 4_096;

/** Random digits that no id has been made of yet: many at a time cost far less than 16 bytes for each. */
let ahead = '';
let used = 0;

/** Trace id of a W3C `traceparent` header; undefined when it is missing, malformed or all zeros. */
export function traceIdOf(traceparent: string | undefined): string | undefined {
  const match = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}/.exec(traceparent ?? '');
  const id = match?.[1];
  return id === undefined || /^0+$/.test(id) ? undefined : id;
}

/** 32 random hex digits. */
export function newTraceId(): string {
  if (used === ahead.length) {
    ahead = randomBytes(BYTES_AHEAD).toString('hex');
    used = 0;
  }
  used += ID_DIGITS;
  return ahead.slice(used - ID_DIGITS, used);
}
