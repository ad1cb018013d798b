import { POOL } from '@assay/platform';
import { OTHER_SEGMENT } from '@assay/stats';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import { toState } from '../apply/unit-rows.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { ArmChanges } from '../units/arm-changes.js';
import { expose, foldEvents, type UnitState } from '../units/unit-state.js';
import type { MetricEvent } from '../plan/metric-plan.js';
import { totalArms } from './arm-totals.js';
import type { ExperimentData } from './experiment-data.js';
import { parametersOf, type Parameter, type Period, type UnitsAsked } from './exposed-units.js';
import { RankedUnits, type RankedMetrics } from './ranked-units.js';
import type { Segments } from './segment-reader.js';
import { inSnapshot } from './snapshot.js';
import { NO_SEGMENT, readLargestSegments, unitAttribute } from './unit-attribute.js';

const PAGE = 5_000;

type StateRow = Parameters<typeof toState>[0] & Segmented;

interface Segmented {
  segment: string | null;
}

/** Parts of a statement that tell the segment of a unit `u`. */
interface SegmentSql {
  readonly key: string;
  readonly join: string;
}

const NO_SEGMENTS: SegmentSql = { key: 'NULL::text', join: '' };

/** The segment is `NULL` unless the units are asked for apart by an attribute. */
const byPeriod = (asked: SegmentSql, from: string, to: string): string => `
  SELECT u.variant_id, (extract(epoch from u.exposed_at) * 1000)::float8 AS exposed_at, u.conflicted, u.cells::text AS cells,
         ${asked.key} AS segment
  FROM experimentation.unit_metrics u ${asked.join}
  WHERE u.experiment_id = $1 AND (${from}::timestamptz IS NULL OR u.exposed_at >= ${from})
    AND (${to}::timestamptz IS NULL OR u.exposed_at < ${to})`;

interface HistoryRow extends Segmented {
  user_id: string;
  exposures: { v: string; t: number }[];
  events: { k: string; e: string; t: number; v: number | null; m: Record<string, unknown> | null }[] | null;
}

/** Everything that was stored at a moment, unit by unit. */
const asOf = (asked: SegmentSql): string => `
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
  SELECT u.user_id, u.exposures, h.events, ${asked.key} AS segment
  FROM units u ${asked.join}
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
    await inSnapshot(this.pool, (client) =>
      scan(client, plan, { moment: null, period }, null, (state) => taken.add(state)),
    );
    return taken.data(through);
  }

  /** The experiment as it stood at a moment: only what was stored by then, computed anew from the stored rows. */
  async asOf(plan: ExperimentPlan, moment: Date, period: Period): Promise<ExperimentData> {
    const taken = new TakenUnits(plan);
    await inSnapshot(this.pool, (client) => scan(client, plan, { moment, period }, null, (state) => taken.add(state)));
    return taken.data(moment);
  }

  /**
   * The same units apart by an attribute as it was known then.
   *
   * @param caps where capped metrics are cut: at the same place in every segment.
   */
  segments(plan: ExperimentPlan, attribute: string, asked: UnitsAsked, caps: RankedMetrics): Promise<Segments> {
    return inSnapshot(this.pool, async (client) => {
      const largest = await readLargestSegments(client, plan.definition.id, attribute, asked);
      const found = new Map([...largest, OTHER_SEGMENT].map((segment) => [segment, new TakenUnits(plan)]));
      await scan(client, plan, asked, attribute, (state, segment) => {
        (found.get(segment) ?? found.get(OTHER_SEGMENT))?.add(state);
      });
      return new Map(
        [...found].filter(([, taken]) => !taken.isEmpty).map(([segment, taken]) => [segment, taken.data(null, caps)]),
      );
    });
  }
}

/** Gives every unit that is asked for, with its segment when an attribute is. */
async function scan(
  client: pg.ClientBase,
  plan: ExperimentPlan,
  { moment, period }: UnitsAsked,
  attribute: string | null,
  take: (state: UnitState, segment: string) => void,
): Promise<void> {
  const { id, projectId } = plan.definition;
  const { values, parameter } = parametersOf(id);
  if (moment !== null) {
    // The statement knows these by their numbers.
    [moment, [...plan.uses.keys()], projectId, plan.needsMetadata, plan.lookbackMs].forEach(parameter);
    await stream<HistoryRow>(client, asOf(segmentSql(attribute, parameter, moment)), values, (row) => {
      const state = stateOf(plan, row);
      if (isWithin(state, period)) take(state, row.segment ?? NO_SEGMENT);
    });
    return;
  }
  const [from, to] = [parameter(period.from), parameter(period.to)];
  await stream<StateRow>(client, byPeriod(segmentSql(attribute, parameter, null), from, to), values, (row) => {
    take(toState(row), row.segment ?? NO_SEGMENT);
  });
}

function segmentSql(attribute: string | null, parameter: Parameter, moment: Date | null): SegmentSql {
  if (attribute === null) return NO_SEGMENTS;
  return { key: 's.value', join: `LEFT JOIN (${unitAttribute(attribute, parameter, moment)}) s USING (user_id)` };
}

/** Rows by cursor, so that memory stays bounded. */
async function stream<Row extends pg.QueryResultRow>(
  client: pg.ClientBase,
  text: string,
  values: unknown[],
  take: (row: Row) => void,
): Promise<void> {
  await client.query(`DECLARE scan NO SCROLL CURSOR FOR ${text}`, values);
  for (;;) {
    const { rows } = await client.query<Row>(`FETCH ${PAGE} FROM scan`);
    rows.forEach(take);
    if (rows.length < PAGE) return;
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

  get isEmpty(): boolean {
    return this.changes.all().every(({ units }) => units === 0);
  }

  /** @param caps of a whole that these units are a part of */
  data(through: Date | null, caps?: RankedMetrics): ExperimentData {
    const flow = this.changes.all();
    return { totals: totalArms(this.plan, flow), ranked: this.ranked.results(caps), flow, through };
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
