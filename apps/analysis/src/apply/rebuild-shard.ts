import type pg from 'pg';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { writeShardPlan } from '../plan/shard-plans.js';
import { RankChanges } from '../ranks/rank-changes.js';
import { ArmChanges } from '../units/arm-changes.js';
import { rebuildCells } from '../units/unit-state.js';
import { addToArms } from './arm-rows.js';
import { addRanks } from './rank-rows.js';
import { readHistory } from './read-history.js';
import { toState, writeUnits, type StoredUnit } from './unit-rows.js';

/** Units whose histories are in memory at the same time. */
const CHUNK = 2_000;
/** Ranked values of units that are in memory before they are written. */
const TUPLES = 200_000;

/**
 * Computes the cells, sums and ranked values of one experiment in one shard anew from the stored events, in the layout of `plan`. Exposures
 * do not depend on the plan and stay. The caller holds the shard's lock.
 */
export async function rebuildShard(client: pg.ClientBase, shard: number, plan: ExperimentPlan): Promise<void> {
  const { id: experimentId, projectId } = plan.definition;
  for (const table of ['arm_statistics', 'arm_days', 'ranked_changes']) {
    await client.query(`DELETE FROM experimentation.${table} WHERE experiment_id = $1 AND shard = $2`, [
      experimentId,
      shard,
    ]);
  }
  let ranks = new RankChanges();
  for await (const units of unitsOf(client, experimentId, shard)) {
    const wanted = units
      .filter(({ state }) => !state.conflicted)
      .map(({ userId, state }) => ({ userId, from: state.exposedAt - plan.lookbackMs }));
    const histories = await readHistory(client, projectId, wanted, [...plan.uses.keys()], plan.needsMetadata);
    const rebuilt = units.map((unit) => ({
      ...unit,
      state: rebuildCells(plan, unit.state, histories.get(unit.userId) ?? []),
    }));
    const changes = new ArmChanges();
    for (const { state } of rebuilt) {
      changes.replace(plan, undefined, state);
      ranks.replace(plan, undefined, state);
    }
    await writeUnits(client, shard, rebuilt);
    await addToArms(client, shard, changes.all());
    if (ranks.tuples < TUPLES) continue;
    await addRanks(client, shard, ranks.all());
    ranks = new RankChanges();
  }
  await addRanks(client, shard, ranks.all());
  await writeShardPlan(client, shard, plan);
}

async function* unitsOf(client: pg.ClientBase, experimentId: string, shard: number): AsyncGenerator<StoredUnit[]> {
  for (let after = ''; ;) {
    const { rows } = await client.query<Parameters<typeof toState>[0] & { user_id: string }>(
      `SELECT user_id, variant_id, (extract(epoch from exposed_at) * 1000)::float8 AS exposed_at, conflicted, cells::text AS cells
       FROM experimentation.unit_metrics
       WHERE experiment_id = $1 AND shard = $2 AND user_id > $3 ORDER BY user_id LIMIT $4`,
      [experimentId, shard, after, CHUNK],
    );
    if (rows.length > 0) yield rows.map((row) => ({ experimentId, userId: row.user_id, state: toState(row) }));
    if (rows.length < CHUNK) return;
    after = rows.at(-1)?.user_id ?? after;
  }
}
