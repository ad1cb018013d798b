import { POOL } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import { toState } from '../apply/unit-rows.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { ArmChanges } from '../units/arm-changes.js';
import { expose, foldEvents, type UnitState } from '../units/unit-state.js';
import type { MetricEvent } from '../plan/metric-plan.js';
import type { ArmPart } from './arm-totals.js';

const PAGE = 5_000;

type StateRow = Parameters<typeof toState>[0];

/** Bounds on the first exposure: `from` belongs to the period, `to` does not. */
export interface Period {
  readonly from: Date | null;
  readonly to: Date | null;
}

const BY_PERIOD = `
  SELECT variant_id, (extract(epoch from exposed_at) * 1000)::float8 AS exposed_at, conflicted, cells::text AS cells
  FROM experimentation.unit_metrics
  WHERE experiment_id = $1 AND ($2::timestamptz IS NULL OR exposed_at >= $2) AND ($3::timestamptz IS NULL OR exposed_at < $3)`;

interface HistoryRow {
  user_id: string;
  exposures: { v: string; t: number }[];
  events: { k: string; e: string; t: number; v: number | null; m: Record<string, unknown> | null }[] | null;
}

/** Everything that was stored at a moment, unit by unit. */
const AS_OF = `
  WITH seen AS (
    SELECT user_id, variant_id, created_at AS at FROM experimentation.events
    WHERE experiment_id = $1 AND event_type = '$exposure' AND variant_id IS NOT NULL AND updated_at <= $2
    UNION ALL
    SELECT user_id, variant_id, created_at FROM experimentation.assignments WHERE experiment_id = $1 AND created_at <= $2
  ), units AS (
    SELECT user_id, min(at) AS first,
           jsonb_agg(jsonb_build_object('v', variant_id, 't', round(extract(epoch from at) * 1000))) AS exposures
    FROM seen GROUP BY user_id
  )
  SELECT u.user_id, u.exposures, h.events
  FROM units u
  LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object('k', e.id, 'e', e.event_type, 't', round(extract(epoch from e.created_at) * 1000),
                                        'v', e.value, 'm', CASE WHEN $5 THEN e.event_metadata END) ORDER BY e.created_at, e.id) AS events
    FROM experimentation.events e
    WHERE e.user_id = u.user_id AND e.event_type = ANY($3) AND e.created_at >= u.first AND e.project_id = $4 AND e.updated_at <= $2
  ) h ON true`;

/** Sums computed by going through the units, for the questions that the kept sums do not answer. */
@Injectable()
export class UnitScan {
  constructor(@Inject(POOL) private readonly pool: pg.Pool) {}

  /** Units first exposed within the period. */
  async byPeriod(plan: ExperimentPlan, period: Period): Promise<ArmPart[]> {
    const changes = new ArmChanges();
    await this.stream(BY_PERIOD, [plan.definition.id, period.from, period.to], (row) =>
      changes.replace(plan, undefined, toState(row as StateRow)),
    );
    return changes.all();
  }

  /** The experiment as it stood at a moment: only what was stored by then, computed anew from the stored rows. */
  async asOf(plan: ExperimentPlan, moment: Date, period: Period): Promise<ArmPart[]> {
    const changes = new ArmChanges();
    const { id, projectId } = plan.definition;
    const values = [id, moment, [...plan.uses.keys()], projectId, plan.needsMetadata];
    await this.stream(AS_OF, values, (row) => {
      const state = stateOf(plan, row as HistoryRow);
      if (isWithin(state, period)) changes.replace(plan, undefined, state);
    });
    return changes.all();
  }

  /** Rows by cursor within one snapshot, so that memory stays bounded and the rows belong together. */
  private async stream(text: string, values: unknown[], take: (row: pg.QueryResultRow) => void): Promise<void> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      await client.query(`DECLARE scan NO SCROLL CURSOR FOR ${text}`, values);
      for (;;) {
        const { rows } = await client.query<pg.QueryResultRow>(`FETCH ${PAGE} FROM scan`);
        rows.forEach(take);
        if (rows.length < PAGE) break;
      }
      await client.query('COMMIT');
      client.release();
    } catch (error) {
      client.release(error instanceof Error ? error : true);
      throw error;
    }
  }
}

function stateOf(plan: ExperimentPlan, row: HistoryRow): UnitState {
  const exposed = expose(
    plan,
    undefined,
    row.exposures.map(({ v, t }) => ({ variantId: v, at: t })),
  );
  const history = (row.events ?? []).map(({ k, e, t, v, m }): MetricEvent => ({
    key: k,
    eventType: e,
    at: t,
    value: v,
    metadata: m,
  }));
  return foldEvents(plan, exposed, history);
}

const isWithin = ({ exposedAt }: UnitState, { from, to }: Period): boolean =>
  (from === null || exposedAt >= from.getTime()) && (to === null || exposedAt < to.getTime());
