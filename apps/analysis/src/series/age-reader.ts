import { POOL } from '@assay/platform';
import { freezeMoments, mergeMoments } from '@assay/stats';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import type { MetricPlan } from '../plan/metric-plan.js';
import type { AgeMoments } from './novelty.js';

/** Effects that wear off do so within weeks. */
const MOST_DAYS = 28;

/**
 * What units did on each day after their exposure, from the stored events. A unit counts for a day when the data reach to its
 * end, that is to the last event of the metric: days that nobody can have lived through would look like an effect that wears off.
 * $1 experiment, $2 event, $3 project, $4 and $5 the metric's delay and window in days, $6 path of the value.
 */
const select = (value: string): string => `
  WITH units AS MATERIALIZED (
    SELECT user_id, variant_id, exposed_at FROM experimentation.unit_metrics WHERE experiment_id = $1 AND NOT conflicted),
  found AS MATERIALIZED (
    SELECT u.user_id, u.variant_id, u.exposed_at, e.created_at,
           floor(extract(epoch FROM e.created_at - u.exposed_at) / 86400)::int AS age,
           CASE WHEN $6::jsonpath IS NULL THEN e.value
                WHEN jsonb_typeof(jsonb_path_query_first(e.event_metadata, $6::jsonpath)) = 'number'
                THEN (jsonb_path_query_first(e.event_metadata, $6::jsonpath) #>> '{}')::float8 END AS value
    FROM units u JOIN experimentation.events e ON e.user_id = u.user_id
    WHERE e.event_type = $2 AND e.project_id = $3 AND e.created_at >= u.exposed_at),
  through AS (SELECT max(created_at) AS at FROM found),
  ages AS (
    SELECT age FROM generate_series(0, ${MOST_DAYS - 1}) AS age
    WHERE age >= $4::float8 AND ($5::float8 IS NULL OR age + 1 <= $4::float8 + $5::float8)),
  at_risk AS (
    SELECT u.variant_id, a.age, count(*) AS units
    FROM units u CROSS JOIN ages a CROSS JOIN through t
    WHERE u.exposed_at + (a.age + 1) * interval '1 day' <= t.at GROUP BY u.variant_id, a.age),
  active AS (
    SELECT f.variant_id, f.age, f.user_id, ${value} AS y
    FROM found f JOIN ages a USING (age) CROSS JOIN through t
    WHERE f.exposed_at + (f.age + 1) * interval '1 day' <= t.at GROUP BY f.variant_id, f.age, f.user_id)
  SELECT r.variant_id, r.age, r.units::float8 AS units, count(y)::float8 AS active, coalesce(avg(y), 0)::float8 AS mean,
         coalesce(var_samp(y), 0)::float8 AS variance
  FROM at_risk r LEFT JOIN active USING (variant_id, age)
  GROUP BY r.variant_id, r.age, r.units ORDER BY r.age, r.variant_id`;

/** Aggregations that a day adds to; a day on which a unit did nothing counts as 0. */
const DAILY_VALUE: Readonly<Record<string, string>> = {
  exists: '1::float8',
  count: 'count(*)::float8',
  sum: 'coalesce(sum(f.value), 0)',
};

interface AgeRow {
  variant_id: string;
  age: number;
  units: number;
  active: number;
  mean: number;
  variance: number;
}

@Injectable()
export class AgeReader {
  constructor(@Inject(POOL) private readonly pool: pg.Pool) {}

  /** Null for metrics whose value is not a matter of days. */
  async read({ definition }: ExperimentPlan, { metric, delayMs, windowMs }: MetricPlan): Promise<AgeMoments[] | null> {
    const value = DAILY_VALUE[metric.aggregationMethod];
    if (value === undefined) return null;
    const days = (ms: number): number | null => (ms === Infinity ? null : ms / 86_400_000);
    const { rows } = await this.pool.query<AgeRow>(select(value), [
      definition.id,
      metric.eventName,
      definition.projectId,
      days(delayMs),
      days(windowMs),
      metric.eventValuePath,
    ]);
    const ages = new Map<number, Map<string, ReturnType<typeof momentsOf>>>();
    for (const row of rows) {
      const arms = ages.get(row.age) ?? new Map<string, ReturnType<typeof momentsOf>>();
      arms.set(row.variant_id, momentsOf(row));
      ages.set(row.age, arms);
    }
    return [...ages].map(([age, arms]) => ({ age, arms }));
  }
}

/** Those who did something together with those who did nothing. */
function momentsOf({ units, active, mean, variance }: AgeRow) {
  const doing = freezeMoments(active, [mean], [variance * Math.max(0, active - 1)]);
  return mergeMoments(doing, freezeMoments(Math.max(0, units - active), [0], [0]));
}
