import { POOL } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import { readDoubles } from '../apply/pg-arrays.js';
import { rebuildShard } from '../apply/rebuild-shard.js';
import { ShardTransaction } from '../apply/shard-transaction.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import type { ArmPart } from './arm-totals.js';
import type { DayUnits } from './experiment-data.js';

/** The kept sums of an experiment, in the layout of its plan. */
export interface StoredArms {
  readonly parts: readonly ArmPart[];
  /** When the last batch that changed them was applied. */
  readonly through: Date | null;
  /** Another text whenever anything of the experiment has changed. */
  readonly token: string;
}

interface ArmRow {
  variant_id: string;
  units: string;
  conflicted: string;
  moments: string;
  updated_at: Date;
  written_by: string;
  layout_hash: string;
  shard: number;
}

/** One statement, so that sums and the layout they have come from one snapshot. */
const SELECT = `
  SELECT a.shard, a.variant_id, a.units, a.conflicted, a.moments::text AS moments, a.updated_at, a.xmin::text AS written_by,
         p.layout_hash
  FROM experimentation.arm_statistics a
  JOIN experimentation.experiment_plans p USING (experiment_id, shard)
  WHERE a.experiment_id = $1 ORDER BY a.shard, a.variant_id`;

const TOKEN = `
  SELECT a.shard, a.variant_id, a.xmin::text AS written_by, p.layout_hash
  FROM experimentation.arm_statistics a
  JOIN experimentation.experiment_plans p USING (experiment_id, shard)
  WHERE a.experiment_id = $1 ORDER BY a.shard, a.variant_id`;

const FLOW = `
  SELECT variant_id, day, sum(units)::float8 AS units, sum(conflicted)::float8 AS conflicted
  FROM experimentation.arm_days WHERE experiment_id = $1 GROUP BY variant_id, day ORDER BY day, variant_id`;

const DAYS = `
  SELECT variant_id, day, units, conflicted, moments::text AS moments
  FROM experimentation.arm_days WHERE experiment_id = $1 ORDER BY day, shard`;

/** Sums of the units of an arm that were first exposed on one day. */
export interface DayPart extends ArmPart {
  readonly day: number;
}

/** Reads the sums that the consumers keep. */
@Injectable()
export class ArmStore {
  constructor(
    @Inject(POOL) private readonly pool: pg.Pool,
    private readonly transaction: ShardTransaction,
  ) {}

  /** Shards whose layout is older than the plan (the metrics were amended) are rebuilt first. */
  async read(plan: ExperimentPlan): Promise<StoredArms> {
    const { rows, stale } = await this.rows(plan, this.pool);
    if (stale.length === 0) return toArms(rows);
    for (const shard of stale) await this.transaction.run(shard, (held) => rebuildShard(held, shard, plan));
    return this.read(plan);
  }

  /** The same in a snapshot, which cannot see a rebuild; undefined when there is something to rebuild first. */
  async readIn(client: pg.ClientBase, plan: ExperimentPlan): Promise<StoredArms | undefined> {
    const { rows, stale } = await this.rows(plan, client);
    return stale.length === 0 ? toArms(rows) : undefined;
  }

  /** The rows, and which shards are older than the plan. */
  private async rows(
    plan: ExperimentPlan,
    client: pg.ClientBase | pg.Pool,
  ): Promise<{ readonly rows: readonly ArmRow[]; readonly stale: readonly number[] }> {
    const { rows } = await client.query<ArmRow>({
      name: 'assay-read-results',
      text: SELECT,
      values: [plan.definition.id],
    });
    const stale = [...new Set(rows.filter((row) => row.layout_hash !== plan.layoutHash).map(({ shard }) => shard))];
    return { rows, stale };
  }

  /** The token that `read` would give, without the sums; undefined when there is something to rebuild first. */
  async token(plan: ExperimentPlan): Promise<string | undefined> {
    const { rows } = await this.pool.query<ArmRow>({
      name: 'assay-read-token',
      text: TOKEN,
      values: [plan.definition.id],
    });
    return rows.some((row) => row.layout_hash !== plan.layoutHash) ? undefined : tokenOf(rows);
  }

  /** How many units were first exposed on which day. */
  async flow(plan: ExperimentPlan, client: pg.ClientBase | pg.Pool = this.pool): Promise<DayUnits[]> {
    const { rows } = await client.query<{ variant_id: string; day: number; units: number; conflicted: number }>({
      name: 'assay-read-flow',
      text: FLOW,
      values: [plan.definition.id],
    });
    return rows.map(({ variant_id, ...row }) => ({ variantId: variant_id, ...row }));
  }

  /** The arms' sums by the day of the units' exposure, in the order of the days; `read` has to come first. */
  async days(plan: ExperimentPlan, client: pg.ClientBase | pg.Pool = this.pool): Promise<DayPart[]> {
    const { rows } = await client.query<ArmRow & { day: number }>({
      name: 'assay-read-days',
      text: DAYS,
      values: [plan.definition.id],
    });
    return rows.map((row) => ({ ...toPart(row), day: row.day }));
  }
}

function toArms(rows: readonly ArmRow[]): StoredArms {
  const times = rows.map((row) => row.updated_at.getTime());
  return {
    parts: rows.map(toPart),
    through: times.length === 0 ? null : new Date(Math.max(...times)),
    token: tokenOf(rows),
  };
}

/** The transaction that wrote a row last is another one whenever the row has changed. */
const tokenOf = (rows: readonly Pick<ArmRow, 'shard' | 'variant_id' | 'written_by'>[]): string =>
  rows.map(({ shard, variant_id, written_by }) => `${shard}/${variant_id}/${written_by}`).join(' ');

const toPart = (row: Pick<ArmRow, 'variant_id' | 'units' | 'conflicted' | 'moments'>): ArmPart => ({
  variantId: row.variant_id,
  units: Number(row.units),
  conflicted: Number(row.conflicted),
  moments: readDoubles(row.moments),
});
