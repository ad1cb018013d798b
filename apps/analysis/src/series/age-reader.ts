import { EVENT_LIMITS } from '@assay/contracts';
import { Clock, POOL } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import { ArmStore } from '../data/arm-store.js';
import { presentToken } from '../data/present-token.js';
import { RestingAnswers, type Computed } from '../data/resting-answers.js';
import { inSnapshot } from '../data/snapshot.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { lookbackOf, type MetricPlan } from '../plan/metric-plan.js';
import { BEFORE, MOST_DAYS, type AgeRow, type AgeTable, type Cohort } from './age-table.js';

/** Tables that are held: one for each experiment and event. */
const HELD = 200;

/** The kept counts tell how many units there are of each day, and which days have changed. */
const COHORTS = `
  SELECT day, variant_id, sum(units)::float8 AS units,
         string_agg(shard || '/' || xmin::text, ' ' ORDER BY shard) AS token
  FROM experimentation.arm_days WHERE experiment_id = $1 GROUP BY day, variant_id ORDER BY day, variant_id`;

const VALUE_AT_PATH = `
  LEFT JOIN LATERAL (
    SELECT CASE WHEN abs(number) <= ${EVENT_LIMITS.value} THEN number END AS value
    FROM (SELECT CASE WHEN jsonb_typeof(found) = 'number' THEN (found #>> '{}')::float8 END AS number
          FROM jsonb_path_query_first(e.event_metadata, $6::jsonpath) AS found) AS numbers) AS at_path ON true`;

/**
 * What the units of some days of exposure did on each day after it. $1 experiment, $2 days, $3 event, $4 project, $5 how many
 * milliseconds before the exposure, $6 path of the value.
 */
const select = (hasPath: boolean): string => `
  WITH units AS MATERIALIZED (
    SELECT user_id, variant_id, exposed_at, floor(date_part('epoch', exposed_at) / 86400)::int AS day
    FROM experimentation.unit_metrics
    WHERE experiment_id = $1 AND NOT conflicted AND floor(date_part('epoch', exposed_at) / 86400)::int = ANY ($2::int[])),
  active AS (
    SELECT u.variant_id, u.day,
           greatest(${BEFORE}, least(${MOST_DAYS}, floor(date_part('epoch', e.created_at - u.exposed_at) / 86400)))::int AS age,
           count(*)::float8 AS events, coalesce(sum(${hasPath ? 'at_path' : 'e'}.value), 0) AS total, max(e.created_at) AS last
    FROM units u JOIN experimentation.events e ON e.user_id = u.user_id ${hasPath ? VALUE_AT_PATH : ''}
    WHERE e.event_type = $3 AND e.project_id = $4 AND e.created_at >= u.exposed_at - $5::float8 * interval '1 millisecond'
    GROUP BY u.user_id, u.variant_id, u.day, age)
  SELECT variant_id, day, age, count(*)::float8 AS active,
         avg(events) AS events_mean, coalesce(var_samp(events), 0) AS events_variance,
         avg(total) AS total_mean, coalesce(var_samp(total), 0) AS total_variance,
         (date_part('epoch', max(last)) * 1000)::float8 AS last
  FROM active GROUP BY variant_id, day, age ORDER BY day, age, variant_id`;

interface CohortRow {
  day: number;
  variant_id: string;
  units: number;
  token: string;
}

interface ActiveRow {
  variant_id: string;
  day: number;
  age: number;
  active: number;
  events_mean: number;
  events_variance: number;
  total_mean: number;
  total_variance: number;
  last: number;
}

/**
 * What units did by the days since their exposure, which the kept sums do not tell, from the stored events. Only the events of
 * units are read again of whose day of exposure something has changed; what takes long rests in between.
 */
@Injectable()
export class AgeReader {
  private readonly held: RestingAnswers<AgeTable>;

  constructor(
    @Inject(POOL) private readonly pool: pg.Pool,
    private readonly arms: ArmStore,
    private readonly clock: Clock,
  ) {
    this.held = new RestingAnswers(HELD, () => clock.now());
  }

  now(): Date {
    return this.clock.now();
  }

  /** The table of the metric's event: metrics that read the same numbers share it. */
  async read(plan: ExperimentPlan, { metric }: MetricPlan): Promise<Computed<AgeTable>> {
    const token = await presentToken(this.arms, plan);
    // With CUPED the past of the units is kept with the sums.
    const lookbackMs = plan.definition.analysis.cuped ? 0 : lookbackOf(metric);
    const asked: AskedEvents = { eventName: metric.eventName, path: metric.eventValuePath, lookbackMs };
    const name = JSON.stringify([plan.definition.id, asked.eventName, asked.path, asked.lookbackMs]);
    return this.held.read(name, plan.layoutHash, token, (last) =>
      inSnapshot(this.pool, (client) => tableOf(client, plan, asked, last ?? new Map())),
    );
  }
}

interface AskedEvents {
  readonly eventName: string;
  readonly path: string | null;
  readonly lookbackMs: number;
}

async function tableOf(
  client: pg.ClientBase,
  { definition }: ExperimentPlan,
  { eventName, path, lookbackMs }: AskedEvents,
  last: AgeTable,
): Promise<AgeTable> {
  const { rows: found } = await client.query<CohortRow>(COHORTS, [definition.id]);
  const table = new Map<number, Cohort>();
  const changed = new Map<number, AgeRow[]>();
  for (const [day, rows] of byDay(found)) {
    const token = rows.map((row) => `${row.variant_id} ${row.token}`).join(' ');
    const held = last.get(day);
    const units = new Map(rows.map((row) => [row.variant_id, row.units]));
    const own: AgeRow[] = [];
    if (held?.token !== token) changed.set(day, own);
    table.set(day, held?.token === token ? held : { token, units, rows: own });
  }
  if (changed.size === 0) return table;
  const values = [definition.id, [...changed.keys()], eventName, definition.projectId, lookbackMs];
  const { rows } = await client.query<ActiveRow>(select(path !== null), path === null ? values : [...values, path]);
  for (const row of rows) changed.get(row.day)?.push(toAgeRow(row));
  return table;
}

function byDay(rows: readonly CohortRow[]): Map<number, CohortRow[]> {
  const days = new Map<number, CohortRow[]>();
  for (const row of rows) {
    const held = days.get(row.day);
    if (held === undefined) days.set(row.day, [row]);
    else held.push(row);
  }
  return days;
}

const toAgeRow = (row: ActiveRow): AgeRow => ({
  variantId: row.variant_id,
  age: row.age,
  active: row.active,
  events: { mean: row.events_mean, variance: row.events_variance },
  total: { mean: row.total_mean, variance: row.total_variance },
  last: row.last,
});
