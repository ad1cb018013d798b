import { eventAccepted } from '@assay/contracts';
import { partitionOf } from '@assay/messaging';
import type pg from 'pg';

/** The row of an experiment that units are stored for. */
export interface StoredExperiment {
  readonly id: string;
  readonly projectId: string;
  readonly variantIds: readonly string[];
}

export async function storedExperiment(pool: pg.Pool, key: string): Promise<StoredExperiment> {
  const { rows } = await pool.query<{ id: string; project_id: string; variants: string[] }>(
    `SELECT e.id, e.project_id, array_agg(v.id::text ORDER BY v.position) AS variants
     FROM experimentation.experiments e JOIN experimentation.variants v ON v.experiment_id = e.id
     WHERE e.key = $1 GROUP BY e.id`,
    [key],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`there is no experiment ${key}`);
  return { id: row.id, projectId: row.project_id, variantIds: row.variants };
}

/**
 * Stores exposures of units, `u-0` to `u-<count - 1>`, straight into the tables, in a layout that no plan has: the server then
 * computes cells and sums from the stored events by itself, by the code that a change of the metrics takes.
 */
export async function storeUnits(
  pool: pg.Pool,
  { id, projectId, variantIds }: StoredExperiment,
  count: number,
  seed: number,
): Promise<void> {
  // A unit lies in the shard that its events will come in.
  const shards = Array.from({ length: count }, (_, n) => partitionOf(`${projectId}:u-${n}`, eventAccepted.partitions));
  await pool.query(
    `INSERT INTO experimentation.unit_metrics (user_id, experiment_id, variant_id, exposed_at, shard, cells)
     SELECT 'u-' || n, $1, ($2::uuid[])[1 + (abs(hashtext($3 || n)) % cardinality($2::uuid[]))],
            timestamptz '2026-10-01' + (n % 14) * interval '1 day', shard, '{}'
     FROM (SELECT shard, ordinal - 1 AS n FROM unnest($4::smallint[]) WITH ORDINALITY AS units (shard, ordinal)) AS units`,
    [id, variantIds, `${seed}/`, `{${shards.join(',')}}`],
  );
  await pool.query(
    `INSERT INTO experimentation.experiment_plans (experiment_id, shard, layout, layout_hash, definition_version)
     SELECT $1, shard, '[]', 'none', 0 FROM generate_series(0, $2::int - 1) AS shard`,
    [id, eventAccepted.partitions],
  );
  await pool.query(
    `INSERT INTO experimentation.arm_statistics (experiment_id, variant_id, shard) SELECT $1, $2, shard FROM generate_series(0, $3::int - 1) AS shard`,
    [id, variantIds[0], eventAccepted.partitions],
  );
}

/** Events of the units, spread over the days around their exposures, in portions that a small server can take. */
export async function storeEvents(
  pool: pg.Pool,
  { projectId }: StoredExperiment,
  total: number,
  units: number,
  eventTypes: readonly string[],
): Promise<void> {
  const portion = 250_000;
  for (let from = 0; from < total; from += portion) {
    await pool.query(
      `INSERT INTO experimentation.events (id, project_id, event_id, event_type, user_id, value, event_metadata, created_at)
       SELECT gen_random_uuid(), $1, gen_random_uuid()::text, ($2::text[])[1 + n % cardinality($2::text[])], 'u-' || (n / cardinality($2::text[])) % $3,
              round((exp(2 + random() * 2) + (n / cardinality($2::text[])) % 7)::numeric, 2), '{}',
              timestamptz '2026-09-20' + random() * interval '35 days'
       FROM generate_series($4::int, $5::int - 1) AS n`,
      [projectId, eventTypes, units, from, Math.min(total, from + portion)],
    );
  }
  await pool.query('ANALYZE experimentation.events');
  await pool.query('VACUUM ANALYZE experimentation.unit_metrics');
}
