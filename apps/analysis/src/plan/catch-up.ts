import type pg from 'pg';
import { plainArray } from '../apply/pg-arrays.js';
import type { PlanBook } from './plan-book.js';
import { readShardPlans, type ShardPlan } from './shard-plans.js';

/** A read that was under way when the change was committed may bring the version before it. */
const TRIES = 3;

/**
 * Makes sure that this process knows, for every experiment that has numbers in the shard, a definition at least as new as the
 * one they were built with. Another process may have counted for an experiment, or for a metric, of which this one has not
 * heard yet: its events would be passed over here, and nobody would come back to them. The caller holds the shard's lock.
 *
 * Returns what the shard's numbers were built with.
 */
export async function catchUp(
  client: pg.ClientBase,
  shard: number,
  plans: PlanBook,
): Promise<ReadonlyMap<string, ShardPlan>> {
  const built = await readShardPlans(client, shard);
  const behind = [...built].filter(([experimentId, plan]) => isBehind(experimentId, plan, plans));
  if (behind.length === 0) return built;
  const { rows: homes } = await client.query<{ id: string; project_id: string }>(
    `SELECT id, project_id FROM experimentation.experiments WHERE id = ANY($1::uuid[])`,
    [plainArray(behind.map(([experimentId]) => experimentId))],
  );
  const projects = new Map(homes.map(({ id, project_id }) => [id, project_id]));
  for (const [experimentId, plan] of behind) {
    const projectId = projects.get(experimentId);
    // An experiment that is no more has no use for its numbers either.
    if (projectId === undefined) continue;
    for (let tries = 0; tries < TRIES && isBehind(experimentId, plan, plans); tries += 1) {
      await plans.fetch(projectId, experimentId);
    }
  }
  return built;
}

const isBehind = (experimentId: string, built: ShardPlan, plans: PlanBook): boolean =>
  (plans.plan(experimentId)?.definition.version ?? -1) < built.definitionVersion;
