import type pg from 'pg';

/** What the text book says of one metric in one variant, straight from the stored rows. */
export interface BatchRow {
  readonly variantId: string;
  readonly metric: string;
  readonly n: number;
  readonly sum: number;
  readonly sumSquares: number;
}

const AGGREGATE: Record<string, string> = {
  exists: 'CASE WHEN count(e.id) > 0 THEN 1 ELSE 0 END',
  count: 'count(e.id)',
  sum: 'coalesce(sum(e.value), 0)',
  average: 'avg(e.value)',
  min: 'min(e.value)',
  max: 'max(e.value)',
  first: '(array_agg(e.value ORDER BY e.created_at, e.id) FILTER (WHERE e.value IS NOT NULL))[1]',
  last: '(array_agg(e.value ORDER BY e.created_at DESC, e.id DESC) FILTER (WHERE e.value IS NOT NULL))[1]',
};

/** Units and their variant, from the stored exposures and assignments; those of two variants are left out. */
const UNITS = `
  SELECT user_id, min(at) AS exposed_at, min(variant_id::text)::uuid AS variant_id FROM (
    SELECT user_id, variant_id, created_at AS at FROM experimentation.events
      WHERE experiment_id = $1 AND event_type = '$exposure'
    UNION ALL SELECT user_id, variant_id, created_at FROM experimentation.assignments WHERE experiment_id = $1) seen
  GROUP BY user_id HAVING count(DISTINCT variant_id) = 1`;

/** One batch query over the stored rows, written without a line of the code it checks. */
export async function batchQuery(sql: pg.Pool, experimentId: string): Promise<BatchRow[]> {
  const { rows: metrics } = await sql.query<{ name: string; event_name: string; aggregation_method: string }>(
    'SELECT name, event_name, aggregation_method FROM experimentation.metrics WHERE experiment_id = $1',
    [experimentId],
  );
  const result: BatchRow[] = [];
  for (const metric of metrics) {
    const { rows } = await sql.query<{ variant_id: string; n: string; sum: number; sum_squares: number }>(
      `WITH units AS (${UNITS}), metric AS (
         SELECT event_name, coalesce(delay_hours, 0) * interval '1 hour' AS delay, window_hours * interval '1 hour' AS span
         FROM experimentation.metrics WHERE experiment_id = $1 AND name = $2),
       values AS (
         SELECT u.user_id, u.variant_id, (${AGGREGATE[metric.aggregation_method] ?? 'NULL'})::numeric AS y
         FROM units u CROSS JOIN metric m
         LEFT JOIN experimentation.events e
           ON e.user_id = u.user_id AND e.event_type = m.event_name AND e.created_at >= u.exposed_at + m.delay
           AND (m.span IS NULL OR e.created_at <= u.exposed_at + m.delay + m.span)
           AND e.project_id = (SELECT project_id FROM experimentation.experiments WHERE id = $1)
         GROUP BY u.user_id, u.variant_id)
       SELECT variant_id, count(y) AS n, coalesce(sum(y), 0)::float8 AS sum, coalesce(sum(y * y), 0)::float8 AS sum_squares
       FROM values GROUP BY variant_id ORDER BY variant_id`,
      [experimentId, metric.name],
    );
    for (const row of rows) {
      result.push({
        variantId: row.variant_id,
        metric: metric.name,
        n: Number(row.n),
        sum: row.sum,
        sumSquares: row.sum_squares,
      });
    }
  }
  return result;
}
