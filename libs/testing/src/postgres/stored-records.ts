import type pg from 'pg';
import { zstdDecompressSync } from 'node:zlib';

/** First bytes of a zstd frame (RFC 8878). */
const ZSTD = '28b52ffd';

interface StoredRow {
  readonly head: Record<string, unknown>;
  readonly records: readonly Record<string, unknown>[];
}

/** The envelopes that the log in PostgreSQL holds, of one topic or of all, read past the log itself. */
export async function storedRecords(sql: pg.Pool, topic?: string): Promise<Record<string, unknown>[]> {
  const { rows } = await sql.query<{ payload: Buffer }>(
    'SELECT payload FROM experimentation.log_batches WHERE $1::text IS NULL OR topic = $1 ORDER BY created_at, base_offset',
    [topic ?? null],
  );
  return rows.flatMap(({ payload }) => {
    const isPacked = payload.subarray(0, 4).toString('hex') === ZSTD;
    const row = JSON.parse((isPacked ? zstdDecompressSync(payload) : payload).toString()) as StoredRow;
    return row.records.map((record) => ({ ...row.head, ...record }));
  });
}
