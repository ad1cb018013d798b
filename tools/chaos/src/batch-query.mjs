// What the text book says of an experiment, straight from the stored rows.

const UNITS = `
  SELECT user_id, min(at) AS exposed_at, min(variant_id::text)::uuid AS variant_id FROM (
    SELECT user_id, variant_id, created_at AS at FROM experimentation.events
      WHERE experiment_id = $1 AND event_type = '$exposure'
    UNION ALL SELECT user_id, variant_id, created_at FROM experimentation.assignments WHERE experiment_id = $1) seen
  GROUP BY user_id HAVING count(DISTINCT variant_id) = 1`;

/** How a unit's events make its value, by the aggregation of the metric. */
const VALUE = {
  exists: 'CASE WHEN count(e.id) > 0 THEN 1 ELSE 0 END',
  count: 'count(e.id)',
  sum: 'coalesce(sum(e.value), 0)',
};

/**
 * @param {import('pg').Client} sql
 * @returns {Promise<Map<string, {n: number, sum: number}>>} by `<metric>/<variant>`
 */
export async function batchQuery(sql, experimentKey) {
  const { rows: found } = await sql.query('SELECT id, project_id FROM experimentation.experiments WHERE key = $1', [
    experimentKey,
  ]);
  const { id, project_id: projectId } = found[0];
  const { rows: metrics } = await sql.query(
    'SELECT name, event_name, aggregation_method FROM experimentation.metrics WHERE experiment_id = $1',
    [id],
  );
  const all = new Map();
  for (const { name, event_name: eventName, aggregation_method: aggregation } of metrics) {
    const { rows } = await sql.query(
      `WITH units AS (${UNITS}), per_unit AS (
         SELECT u.user_id, u.variant_id, (${VALUE[aggregation]})::float8 AS value
         FROM units u LEFT JOIN experimentation.events e
           ON e.user_id = u.user_id AND e.event_type = $2 AND e.project_id = $3 AND e.created_at >= u.exposed_at
         GROUP BY u.user_id, u.variant_id)
       SELECT v.key, count(*)::int AS n, sum(value) AS sum
       FROM per_unit JOIN experimentation.variants v ON v.id = variant_id GROUP BY v.key`,
      [id, eventName, projectId],
    );
    for (const { key, n, sum } of rows) all.set(`${name}/${key}`, { n, sum });
  }
  return all;
}
