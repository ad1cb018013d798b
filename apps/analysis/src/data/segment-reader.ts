import { POOL } from '@assay/platform';
import { OTHER_SEGMENT } from '@assay/stats';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { ArmStore } from './arm-store.js';
import { totalArms, type ArmTotals } from './arm-totals.js';
import type { ExperimentData } from './experiment-data.js';
import { RankedUnits, type RankedMetrics } from './ranked-units.js';
import { RecentAnswers } from './recent-answers.js';
import { inSnapshot } from './snapshot.js';
import { readUnitTable, type Grouping, type UnitGroup } from './unit-table.js';

/** By the value of the attribute, those with the most units first. */
export type Segments = ReadonlyMap<string, ExperimentData>;

/** Units whose context does not have the attribute. */
export const NO_SEGMENT = '(none)';
/** Values with the most units stand for themselves, the others together. */
const MOST_SEGMENTS = 20;
const HELD = 100;

/**
 * The attribute of every unit as it was at the exposure: in the context of its assignment, else in the metadata of its first
 * `$exposure` that has it. $1 is the experiment, $2 the path.
 */
export const ATTRIBUTE = `
  SELECT DISTINCT ON (user_id) user_id, value FROM (
    SELECT user_id, 0 AS source, created_at, left(context #>> $2::text[], 200) AS value
    FROM experimentation.assignments WHERE experiment_id = $1
    UNION ALL
    SELECT user_id, 1, created_at, left(event_metadata #>> $2::text[], 200)
    FROM experimentation.events WHERE experiment_id = $1 AND event_type = '$exposure') found
  WHERE value IS NOT NULL ORDER BY user_id, source, created_at, value`;

const LARGEST = `
  SELECT coalesce(s.value, '${NO_SEGMENT}') AS segment
  FROM experimentation.unit_metrics u LEFT JOIN (${ATTRIBUTE}) s USING (user_id)
  WHERE u.experiment_id = $1 AND NOT u.conflicted
  GROUP BY segment ORDER BY count(*) DESC, segment LIMIT ${MOST_SEGMENTS}`;

/** The data of an experiment by an attribute of its units; computed in one pass and held until something new comes. */
@Injectable()
export class SegmentReader {
  private readonly held = new RecentAnswers<Segments>(HELD);

  constructor(
    @Inject(POOL) private readonly pool: pg.Pool,
    private readonly arms: ArmStore,
  ) {}

  /** @param caps where capped metrics are cut: at the same place in every segment. */
  async read(plan: ExperimentPlan, attribute: string, caps: RankedMetrics): Promise<Segments> {
    const { token } = await this.arms.read(plan);
    const name = `${plan.definition.id} ${attribute}`;
    const present = JSON.stringify([plan.layoutHash, plan.definition.version, token]);
    const compute = (): Promise<Segments> =>
      inSnapshot(this.pool, (client) => segmentsOf(client, plan, attribute, caps));
    return this.held.put(name, present, compute);
  }
}

/** `/user/plan` is a path into the context, `plan` a member of it. */
export function attributePath(attribute: string): string[] {
  if (!attribute.startsWith('/')) return [attribute];
  return attribute
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

async function segmentsOf(
  client: pg.ClientBase,
  plan: ExperimentPlan,
  attribute: string,
  caps: RankedMetrics,
): Promise<Segments> {
  const path = attributePath(attribute);
  const { rows } = await client.query<{ segment: string }>(LARGEST, [plan.definition.id, path]);
  const largest = rows.map(({ segment }) => segment);
  const grouping: Grouping = {
    key: `CASE WHEN coalesce(s.value, '${NO_SEGMENT}') = ANY($3::text[]) THEN coalesce(s.value, '${NO_SEGMENT}') ELSE '${OTHER_SEGMENT}' END`,
    join: `LEFT JOIN (${ATTRIBUTE}) s USING (user_id)`,
    values: [path, largest],
  };
  const found = new Map<string, SegmentUnits>();
  for await (const part of readUnitTable(client, plan, plan.metrics, grouping)) {
    const segment = part.group ?? NO_SEGMENT;
    let units = found.get(segment);
    if (units === undefined) {
      units = new SegmentUnits(plan);
      found.set(segment, units);
    }
    units.take(part);
  }
  return new Map(
    [...largest, OTHER_SEGMENT].flatMap((segment) => {
      const units = found.get(segment);
      return units === undefined ? [] : [[segment, units.data(caps)]];
    }),
  );
}

class SegmentUnits {
  private readonly totals: Map<string, ArmTotals>;
  private readonly ranked: RankedUnits;

  constructor(plan: ExperimentPlan) {
    this.totals = totalArms(plan, []);
    this.ranked = new RankedUnits(plan, plan.metrics);
  }

  take(group: UnitGroup): void {
    const total = this.totals.get(group.variantId);
    if (total === undefined) return;
    total.units += group.count;
    this.ranked.addGroup(group);
  }

  data(caps: RankedMetrics): ExperimentData {
    return { totals: this.totals, ranked: this.ranked.results(caps), flow: [], through: null };
  }
}
