import type pg from 'pg';
import { timed } from '../report.js';

const COLUMNS =
  'id, project_id, event_id, event_type, user_id, experiment_id, variant_id, feature_flag_id, value, event_metadata, created_at';

/**
 * The baseline: the same rows, in the order in which they were sent, into a table of the same shape and indexes on the same server, with nothing around it. Returns
 * rows per second of `INSERT … SELECT unnest … ON CONFLICT DO NOTHING` in batches of 4,000.
 */
export async function rawInsertRate(pool: pg.Pool, storedSince: Date): Promise<number> {
  await pool.query('DROP SCHEMA IF EXISTS bench CASCADE');
  await pool.query('CREATE SCHEMA bench');
  await pool.query('CREATE TABLE bench.events (LIKE experimentation.events INCLUDING ALL) PARTITION BY HASH (id)');
  for (let part = 0; part < 8; part += 1) {
    await pool.query(
      `CREATE TABLE bench.events_${part} PARTITION OF bench.events FOR VALUES WITH (MODULUS 8, REMAINDER ${part})`,
    );
  }
  const { rows } = await pool.query<Record<string, string | null>>(
    `SELECT id::text, project_id::text, event_id, event_type, user_id, experiment_id::text, variant_id::text, feature_flag_id::text,
            value::text, event_metadata::text, created_at::text
     FROM experimentation.events WHERE updated_at >= $1 ORDER BY created_at, id`,
    [storedSince],
  );
  const batches = chunks(rows, 4_000).map((batch) =>
    COLUMNS.split(', ').map((column) => literal(batch.map((row) => row[column] ?? null))),
  );
  const client = await pool.connect();
  const [, took] = await timed(async () => {
    for (const values of batches) {
      await client.query(
        `INSERT INTO bench.events (${COLUMNS}) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[],
           $6::uuid[], $7::uuid[], $8::uuid[], $9::float8[], $10::jsonb[], $11::timestamptz[]) ON CONFLICT DO NOTHING`,
        values,
      );
    }
  });
  client.release();
  await pool.query('DROP SCHEMA bench CASCADE');
  return (rows.length / took) * 1_000;
}

const literal = (values: readonly (string | null)[]): string =>
  `{${values.map((value) => (value === null ? 'NULL' : `"${value.replace(/["\\]/g, '\\$&')}"`)).join(',')}}`;

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
