import { POOL } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import { readDoubles } from '../apply/pg-arrays.js';
import { rebuildShard } from '../apply/rebuild-shard.js';
import { ShardTransaction } from '../apply/shard-transaction.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import type { ArmPart } from './arm-totals.js';

/** The kept sums of an experiment, in the layout of its plan. */
export interface StoredArms {
  readonly parts: readonly ArmPart[];
  /** When the last batch that changed them was applied. */
  readonly through: Date | null;
}

interface ArmRow {
  variant_id: string;
  units: string;
  conflicted: string;
  moments: string;
  updated_at: Date;
  layout_hash: string;
  definition_version: number;
  shard: number;
}

/** One statement, so that sums and the layout they have come from one snapshot. */
const SELECT = `
  SELECT a.shard, a.variant_id, a.units, a.conflicted, a.moments::text AS moments, a.updated_at, p.layout_hash, p.definition_version
  FROM experimentation.arm_statistics a
  JOIN experimentation.experiment_plans p USING (experiment_id, shard)
  WHERE a.experiment_id = $1`;

/** Reads the sums that the consumers keep. */
@Injectable()
export class ArmStore {
  constructor(
    @Inject(POOL) private readonly pool: pg.Pool,
    private readonly transaction: ShardTransaction,
  ) {}

  /** Shards whose layout is older than the plan (the metrics were amended) are rebuilt first. */
  async read(plan: ExperimentPlan): Promise<StoredArms> {
    let rows = await this.rows(plan);
    const stale = [...new Set(rows.filter((row) => row.layout_hash !== plan.layoutHash).map(({ shard }) => shard))];
    if (stale.length > 0) {
      for (const shard of stale) await this.transaction.run(shard, (client) => rebuildShard(client, shard, plan));
      rows = await this.rows(plan);
    }
    const times = rows.map((row) => row.updated_at.getTime());
    return {
      parts: rows.map((row) => ({
        variantId: row.variant_id,
        units: Number(row.units),
        conflicted: Number(row.conflicted),
        moments: readDoubles(row.moments),
      })),
      through: times.length === 0 ? null : new Date(Math.max(...times)),
    };
  }

  private async rows(plan: ExperimentPlan): Promise<ArmRow[]> {
    const { rows } = await this.pool.query<ArmRow>({
      name: 'assay-read-results',
      text: SELECT,
      values: [plan.definition.id],
    });
    return rows;
  }
}
