import type pg from 'pg';
import { plainArray } from '../apply/pg-arrays.js';
import type { PlanBook } from './plan-book.js';

interface BuiltPlan {
  readonly experiment_id: string;
  readonly definition_version: number;
}

/** A read that was under way when the change was committed may bring the version before it. */
const TRIES = 3;

/**
 * Makes sure that this process knows, for every experiment that has numbers in the shard, a definition at least as new as the
 * one they were built with. Another process may have counted for an experiment, or for a metric, of which this one has not
 * heard yet: its events would be passed over here, and nobody would come back to them. The caller holds the shard's lock.
 */
export async function catchUp(client: pg.ClientBase, shard: number, plans: PlanBook): Promise<void> {
  const { rows } = await client.query<BuiltPlan>({
    name: 'assay-read-built-plans',
    text: `SELECT experiment_id, definition_version FROM experimentation.experiment_plans WHERE shard = $1`,
    values: [shard],
  });
  const behind = rows.filter((row) => isBehind(row, plans));
  if (behind.length === 0) return;
  const { rows: homes } = await client.query<{ id: string; project_id: string }>(
    `SELECT id, project_id FROM experimentation.experiments WHERE id = ANY($1::uuid[])`,
    [plainArray(behind.map(({ experiment_id }) => experiment_id))],
  );
  const projects = new Map(homes.map(({ id, project_id }) => [id, project_id]));
  for (const row of behind) {
    const projectId = projects.get(row.experiment_id);
    // An experiment that is no more has no use for its numbers either.
    if (projectId === undefined) continue;
    for (let tries = 0; tries < TRIES && isBehind(row, plans); tries += 1) {
      await plans.fetch(projectId, row.experiment_id);
    }
  }
}

const isBehind = (row: BuiltPlan, plans: PlanBook): boolean =>
  (plans.plan(row.experiment_id)?.definition.version ?? -1) < row.definition_version;
