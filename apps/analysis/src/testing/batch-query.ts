import type pg from 'pg';

/** What the text book says of one metric in one variant, straight from the stored rows. */
export interface BatchRow {
  readonly variantId: string;
  readonly metric: string;
  readonly n: number;
  readonly sums: readonly number[];
  /** Row by row of the upper triangle. */
  readonly products: readonly number[];
}

/** A quantile of one variant. */
export interface BatchQuantile {
  readonly variantId: string;
  readonly metric: string;
  readonly n: number;
  readonly quantile: number | null;
}

/** Aggregates over the unit's events `e`. */
const AGGREGATE: Record<string, string> = {
  exists: 'CASE WHEN count(e.id) > 0 THEN 1 ELSE 0 END',
  count: 'count(e.id)',
  sum: 'coalesce(sum(e.value), 0)',
  average: 'avg(e.value)',
  min: 'min(e.value)',
  max: 'max(e.value)',
  first: '(array_agg(e.value ORDER BY e.created_at, e.id) FILTER (WHERE e.value IS NOT NULL))[1]',
  last: '(array_agg(e.value ORDER BY e.created_at DESC, e.id DESC) FILTER (WHERE e.value IS NOT NULL))[1]',
  distinct: 'count(DISTINCT e.value)',
  ones: 'coalesce(sum(coalesce(e.value, 1)), 0)',
};

/** Units and their variant, from the stored exposures and assignments; those of two variants are left out. */
const UNITS = `
  SELECT user_id, min(at) AS exposed_at, min(variant_id::text)::uuid AS variant_id FROM (
    SELECT user_id, variant_id, created_at AS at FROM experimentation.events
      WHERE experiment_id = $1 AND event_type = '$exposure'
    UNION ALL SELECT user_id, variant_id, created_at FROM experimentation.assignments WHERE experiment_id = $1) seen
  GROUP BY user_id HAVING count(DISTINCT variant_id) = 1`;

/** The units, one metric, and what counts of their events: \`after\` the exposure in the window, \`before\` in the lookback. */
const METRIC = `
  WITH units AS (${UNITS}), metric AS (
    SELECT event_name, denominator_event_name, steps, quantile, cap_percentile,
           coalesce(delay_hours, 0) * interval '1 hour' AS delay, window_hours * interval '1 hour' AS span,
           coalesce(cuped_lookback_days, 14) * interval '1 day' AS lookback
    FROM experimentation.metrics WHERE experiment_id = $1 AND name = $2),
  own AS (
    SELECT e.* FROM experimentation.events e
    WHERE e.project_id = (SELECT project_id FROM experimentation.experiments WHERE id = $1)),
  after AS (
    SELECT e.*, u.exposed_at FROM units u CROSS JOIN metric m JOIN own e USING (user_id)
    WHERE e.created_at >= u.exposed_at + m.delay AND (m.span IS NULL OR e.created_at <= u.exposed_at + m.delay + m.span)),
  before AS (
    SELECT e.* FROM units u CROSS JOIN metric m JOIN own e USING (user_id)
    WHERE e.created_at < u.exposed_at AND e.created_at >= u.exposed_at - m.lookback)`;

const over = (period: 'after' | 'before', aggregate: string, event = 'm.event_name'): string =>
  `(SELECT ${AGGREGATE[aggregate]} FROM ${period} e WHERE e.user_id = u.user_id AND e.event_type = ${event})`;

/** The quantities of a unit, as the interface describes the aggregations, with what it did before. */
function quantities({ aggregation_method: aggregation, per_own_event: perOwnEvent }: MetricRow): string[] {
  const denominator = 'm.denominator_event_name';
  if (aggregation === 'ratio' && perOwnEvent) {
    return [over('after', 'sum'), over('after', 'count'), over('before', 'sum'), over('before', 'count')];
  }
  if (aggregation === 'ratio') {
    return [
      over('after', 'ones'),
      over('after', 'ones', denominator),
      over('before', 'ones'),
      over('before', 'ones', denominator),
    ];
  }
  if (aggregation === 'distinct') return [over('after', 'distinct'), over('before', 'count')];
  if (aggregation === 'funnel') {
    const first = `(SELECT min(e.created_at) FROM after e WHERE e.user_id = u.user_id AND e.event_type = m.steps->>0)`;
    const second = `EXISTS (SELECT FROM after e WHERE e.user_id = u.user_id AND e.event_type = m.steps->>1 AND e.created_at >= ${first})`;
    return [`(${second})::int`, `(${first} IS NOT NULL)::int`, over('before', 'exists')];
  }
  const earlier = over('before', aggregation);
  const mayBeMissing = !['exists', 'count', 'sum'].includes(aggregation);
  return [
    over('after', aggregation),
    `coalesce(${earlier}, 0)`,
    ...(mayBeMissing ? [`(${earlier} IS NULL)::int`] : []),
  ];
}

interface MetricRow {
  name: string;
  aggregation_method: string;
  quantile_by: string | null;
  cap_percentile: number | null;
  /** A ratio whose denominator is the number of its own events. */
  per_own_event: boolean | null;
}

/** One batch query per metric over the stored rows, written without a line of the code it checks. */
export async function batchQuery(sql: pg.Pool, experimentId: string): Promise<BatchRow[]> {
  const result: BatchRow[] = [];
  for (const metric of await metricsOf(sql, experimentId)) {
    if (metric.aggregation_method === 'quantile') continue;
    const columns = quantities(metric);
    const names = columns.map((_, index) => `q${index}`);
    const capped =
      metric.cap_percentile === null ? names : names.map((name, index) => (index < 2 ? `least(${name}, cap)` : name));
    const products = capped.flatMap((left, row) => capped.slice(row).map((right) => `${left} * ${right}`));
    const total = (term: string): string => `coalesce(sum(${term}), 0)::float8`;
    const { rows } = await sql.query<{ variant_id: string; n: string; sums: number[]; products: number[] }>(
      `${METRIC}, values AS (
         SELECT u.variant_id, ${columns.map((column, index) => `(${column})::numeric AS q${index}`).join(', ')}
         FROM units u CROSS JOIN metric m),
       limits AS (
         SELECT percentile_cont(coalesce((SELECT cap_percentile FROM metric), 1)) WITHIN GROUP (ORDER BY q0::float8)::numeric AS cap
         FROM values)
       SELECT variant_id, count(q0) AS n, ARRAY[${capped.map(total).join(', ')}] AS sums,
              ARRAY[${products.map(total).join(', ')}] AS products
       FROM values CROSS JOIN limits WHERE q0 IS NOT NULL GROUP BY variant_id ORDER BY variant_id`,
      [experimentId, metric.name],
    );
    for (const { variant_id, n, sums, products: crossed } of rows) {
      result.push({ variantId: variant_id, metric: metric.name, n: Number(n), sums, products: crossed });
    }
  }
  return result;
}

/** The quantile metrics, by the database's own function. */
export async function batchQuantiles(sql: pg.Pool, experimentId: string): Promise<BatchQuantile[]> {
  const result: BatchQuantile[] = [];
  for (const metric of await metricsOf(sql, experimentId)) {
    if (metric.aggregation_method !== 'quantile') continue;
    const value = metric.quantile_by === 'unit' ? 'sum(e.value)' : 'e.value';
    const { rows } = await sql.query<{ variant_id: string; n: string; quantile: number | null }>(
      `${METRIC}, values AS (
         SELECT u.variant_id, ${value} AS y
         FROM units u CROSS JOIN metric m JOIN after e ON e.user_id = u.user_id AND e.event_type = m.event_name
         WHERE e.value IS NOT NULL ${metric.quantile_by === 'unit' ? 'GROUP BY u.user_id, u.variant_id' : ''})
       SELECT variant_id, count(*) AS n,
              percentile_cont((SELECT quantile FROM metric)) WITHIN GROUP (ORDER BY y) AS quantile
       FROM values GROUP BY variant_id`,
      [experimentId, metric.name],
    );
    for (const { variant_id, n, quantile } of rows) {
      result.push({ variantId: variant_id, metric: metric.name, n: Number(n), quantile });
    }
  }
  return result;
}

async function metricsOf(sql: pg.Pool, experimentId: string): Promise<MetricRow[]> {
  const { rows } = await sql.query<MetricRow>(
    `SELECT name, aggregation_method, quantile_by, cap_percentile, event_name = denominator_event_name AS per_own_event
     FROM experimentation.metrics WHERE experiment_id = $1`,
    [experimentId],
  );
  return rows;
}
