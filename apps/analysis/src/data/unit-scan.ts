import { POOL } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import { toState } from '../apply/unit-rows.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { ArmChanges } from '../units/arm-changes.js';
import { expose, foldEvents, type UnitState } from '../units/unit-state.js';
import type { MetricEvent } from '../plan/metric-plan.js';
import { totalArms } from './arm-totals.js';
import type { ExperimentData } from './experiment-data.js';
import { RankedUnits } from './ranked-units.js';
import { inSnapshot } from './snapshot.js';

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
    WHERE e.user_id = u.user_id AND e.event_type = ANY($3) AND e.created_at >= u.first - $6 * interval '1 millisecond' AND e.project_id = $4 AND e.updated_at <= $2
  ) h ON true`;

/** Data computed by going through the units, for the questions that the kept sums do not answer. */
@Injectable()
export class UnitScan {
  constructor(@Inject(POOL) private readonly pool: pg.Pool) {}

  /** Units first exposed within the period. */
  async byPeriod(plan: ExperimentPlan, period: Period, through: Date | null): Promise<ExperimentData> {
    const taken = new TakenUnits(plan);
    await this.stream(BY_PERIOD, [plan.definition.id, period.from, period.to], (row) =>
      taken.add(toState(row as StateRow)),
    );
    return taken.data(through);
  }

  /** The experiment as it stood at a moment: only what was stored by then, computed anew from the stored rows. */
  async asOf(plan: ExperimentPlan, moment: Date, period: Period): Promise<ExperimentData> {
    const taken = new TakenUnits(plan);
    const { id, projectId } = plan.definition;
    const values = [id, moment, [...plan.uses.keys()], projectId, plan.needsMetadata, plan.lookbackMs];
    await this.stream(AS_OF, values, (row) => {
      const state = stateOf(plan, row as HistoryRow);
      if (isWithin(state, period)) taken.add(state);
    });
    return taken.data(moment);
  }

  /** Rows by cursor within one snapshot, so that memory stays bounded and the rows belong together. */
  private stream(text: string, values: unknown[], take: (row: pg.QueryResultRow) => void): Promise<void> {
    return inSnapshot(this.pool, async (client) => {
      await client.query(`DECLARE scan NO SCROLL CURSOR FOR ${text}`, values);
      for (;;) {
        const { rows } = await client.query<pg.QueryResultRow>(`FETCH ${PAGE} FROM scan`);
        rows.forEach(take);
        if (rows.length < PAGE) return;
      }
    });
  }
}

/** Units added up, and ranked where a metric asks for it. */
class TakenUnits {
  private readonly changes = new ArmChanges();
  private readonly ranked: RankedUnits;

  constructor(private readonly plan: ExperimentPlan) {
    this.ranked = new RankedUnits(plan);
  }

  add(state: UnitState): void {
    this.changes.replace(this.plan, undefined, state);
    if (!state.conflicted) this.ranked.add(state.variantId, state.cells);
  }

  data(through: Date | null): ExperimentData {
    const flow = this.changes.all();
    return { totals: totalArms(this.plan, flow), ranked: this.ranked.results(), flow, through };
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
