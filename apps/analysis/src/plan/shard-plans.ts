import type pg from 'pg';
import { layoutOf, type ExperimentPlan } from './experiment-plan.js';

/** The layout a shard's numbers have. */
export interface ShardPlan {
  readonly layoutHash: string;
  readonly definitionVersion: number;
}

interface PlanRow {
  experiment_id: string;
  layout_hash: string;
  definition_version: number;
}

/** Layouts of the experiments that have numbers in one shard, by experiment id. */
export async function readShardPlans(client: pg.ClientBase, shard: number): Promise<Map<string, ShardPlan>> {
  const { rows } = await client.query<PlanRow>({
    name: 'assay-read-shard-plans',
    text: `SELECT experiment_id, layout_hash, definition_version FROM experimentation.experiment_plans WHERE shard = $1`,
    values: [shard],
  });
  return new Map(
    rows.map((row) => [row.experiment_id, { layoutHash: row.layout_hash, definitionVersion: row.definition_version }]),
  );
}

/** Says that the numbers of an experiment in a shard have the plan's layout from now on. */
export async function writeShardPlan(client: pg.ClientBase, shard: number, plan: ExperimentPlan): Promise<void> {
  await client.query(
    `INSERT INTO experimentation.experiment_plans (experiment_id, shard, layout, layout_hash, definition_version)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (experiment_id, shard) DO UPDATE
       SET layout = excluded.layout, layout_hash = excluded.layout_hash,
           definition_version = excluded.definition_version, built_at = now()`,
    [plan.definition.id, shard, JSON.stringify(layoutOf(plan.definition)), plan.layoutHash, plan.definition.version],
  );
}
