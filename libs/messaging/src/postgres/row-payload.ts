import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** Shorter text is stored as it is. */
const COMPRESS_FROM = 1_024;
/** The fastest of the proper levels: about 2 µs an event, to an eighth. The server's own pglz takes five times as long. */
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
/** First bytes of a zstd frame (RFC 8878); JSON cannot begin with them. */
const MAGIC = 0xfd2fb528;

/** The payload of a row: records with the members of their envelopes that they have in common written once. */
export function packRow(head: string, bodies: readonly string[]): Buffer {
  const text = `{"head":{${head}},"records":[{${bodies.join('},{')}}]}`;
  return text.length < COMPRESS_FROM ? Buffer.from(text) : zstdCompressSync(text, LEVEL);
}

/** The text of a payload. @throws when it is compressed and damaged. */
export function unpackRow(payload: Buffer): string {
  const isCompressed = payload.length >= 4 && payload.readUInt32LE(0) === MAGIC;
  return (isCompressed ? zstdDecompressSync(payload) : payload).toString();
}

/** The envelopes in the text of a row (also a bare array of them); otherwise why there are none. */
export function recordsIn(text: string): unknown[] | string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return `The message is not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (Array.isArray(parsed)) return parsed as unknown[];
  if (!isObject(parsed) || !isObject(parsed['head']) || !Array.isArray(parsed['records'])) {
    return 'The row holds no records.';
  }
  const { head } = parsed;
  return parsed['records'].map((record: unknown) => (isObject(record) ? withHead(record, head) : record));
}

/** Adds to the object that was just parsed: a copy of each of thousands would be garbage at once. */
function withHead(record: Record<string, unknown>, head: Record<string, unknown>): Record<string, unknown> {
  for (const member in head) record[member] ??= head[member];
  return record;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
