import { EXPOSURE, type AcceptedEvent } from '@assay/contracts';
import { Injectable, Optional } from '@nestjs/common';
import type pg from 'pg';
import { catchUp } from '../plan/catch-up.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { PlanBook } from '../plan/plan-book.js';
import { writeShardPlan, type ShardPlan } from '../plan/shard-plans.js';
import { FOLD_RULE, type FoldRule } from '../ranks/fold-rule.js';
import { RankChanges } from '../ranks/rank-changes.js';
import { ArmChanges } from '../units/arm-changes.js';
import { expose, foldEvents, rebuildCells, type UnitState } from '../units/unit-state.js';
import { addToArms } from './arm-rows.js';
import { addRanks } from './rank-rows.js';
import { readHistory, type Histories } from './read-history.js';
import { rebuildShard } from './rebuild-shard.js';
import { readUnits, writeUnits, type StoredUnit } from './unit-rows.js';
import { UnitWork, type SeenExposure } from './unit-work.js';

/**
 * Brings units and arms forward by what is new. What results is a function of the set of exposures and events that are
 * stored: a new or earlier exposure has the unit computed from its whole history, any other event is folded in.
 */
@Injectable()
export class BatchApplier {
  constructor(
    private readonly plans: PlanBook,
    @Optional() private readonly foldRule: FoldRule = FOLD_RULE,
  ) {}

  /**
   * @param client a transaction that holds the shard's lock and has stored `events` already
   * @param events stored for the first time by this transaction
   * @param exposures what else says that a unit was exposed: assignments made on the server
   */
  async apply(
    client: pg.ClientBase,
    shard: number,
    events: readonly AcceptedEvent[],
    exposures: readonly SeenExposure[] = [],
  ): Promise<void> {
    const built = await catchUp(client, shard, this.plans);
    const seen = [...exposures, ...events.filter(isExposure).map(toExposure)];
    const relevant = events.filter(({ projectId, eventType }) => this.plans.isUsed(projectId, eventType));
    const users = [...new Set([...seen, ...relevant].map(({ userId }) => userId))];
    if (users.length === 0) return;

    const plans = await this.plansOf(seen);
    const work = await this.collect(client, users, seen, relevant, plans);
    const rebuilt = await this.bringPlansUpToDate(client, shard, work.plans(), built);
    if (rebuilt.size === 0) return this.write(client, shard, work);
    // A rebuild has counted all that is stored, this batch's events included, for the units that were there already.
    return this.write(client, shard, await this.collect(client, users, seen, relevant, plans, rebuilt));
  }

  /** The plans of the exposures' experiments; an experiment that exists nowhere any more is left out. */
  private async plansOf(seen: readonly SeenExposure[]): Promise<Map<string, ExperimentPlan>> {
    const plans = new Map<string, ExperimentPlan>();
    for (const { experimentId, projectId } of seen) {
      if (plans.has(experimentId)) continue;
      const plan = this.plans.plan(experimentId) ?? (await this.plans.fetch(projectId, experimentId));
      if (plan !== undefined) plans.set(experimentId, plan);
    }
    return plans;
  }

  private async collect(
    client: pg.ClientBase,
    users: readonly string[],
    seen: readonly SeenExposure[],
    events: readonly AcceptedEvent[],
    plans: ReadonlyMap<string, ExperimentPlan>,
    counted: ReadonlySet<string> = new Set(),
  ): Promise<UnitWork> {
    const stored = await readUnits(client, users);
    const work = new UnitWork((experimentId) => plans.get(experimentId) ?? this.plans.plan(experimentId), stored);
    for (const exposure of seen) work.addExposure(exposure);
    for (const event of events) work.addEvent(event, counted);
    return work;
  }

  /** Ids of the experiments that had to be rebuilt. */
  private async bringPlansUpToDate(
    client: pg.ClientBase,
    shard: number,
    plans: readonly ExperimentPlan[],
    built: ReadonlyMap<string, ShardPlan>,
  ): Promise<Set<string>> {
    const rebuilt = new Set<string>();
    for (const plan of plans) {
      const shardPlan = built.get(plan.definition.id);
      if (shardPlan === undefined) await writeShardPlan(client, shard, plan);
      if (shardPlan === undefined || shardPlan.layoutHash === plan.layoutHash) continue;
      await this.rebuild(client, shard, plan, shardPlan.definitionVersion);
      rebuilt.add(plan.definition.id);
    }
    return rebuilt;
  }

  private async rebuild(
    client: pg.ClientBase,
    shard: number,
    plan: ExperimentPlan,
    builtVersion: number,
  ): Promise<void> {
    const { id, projectId, version } = plan.definition;
    // The stored numbers are of a newer definition than ours: ours is what has to change.
    const current = builtVersion > version ? await this.plans.fetch(projectId, id) : plan;
    if (current === undefined || current.definition.version < builtVersion) {
      throw new Error(
        `Experiment ${id}: version ${builtVersion} is applied already, but only version ${version} is known here`,
      );
    }
    await rebuildShard(client, shard, current);
  }

  private async write(client: pg.ClientBase, shard: number, work: UnitWork): Promise<void> {
    const histories = await this.histories(client, work);
    const changes = new ArmChanges();
    const ranks = new RankChanges();
    const changed: StoredUnit[] = [];
    for (const { key, plan, before, place, exposures, events } of work.units()) {
      const exposed = expose(plan, before, exposures);
      const moved = before === undefined || before.exposedAt !== exposed.exposedAt;
      const after = moved
        ? rebuildCells(plan, exposed, histories.get(plan.definition.projectId)?.get(key.userId) ?? [])
        : foldEvents(plan, exposed, events);
      if (before !== undefined && sameState(before, after)) continue;
      changes.replace(plan, before, after);
      ranks.replace(plan, before, after);
      changed.push({ ...key, state: after, place });
    }
    await writeUnits(client, shard, changed);
    await addToArms(client, shard, changes.all());
    await addRanks(client, shard, ranks.all(), this.foldRule);
  }

  /** Histories by project and user, of the units whose exposure is new or has moved to an earlier time. */
  private async histories(client: pg.ClientBase, work: UnitWork): Promise<Map<string, Histories>> {
    const histories = new Map<string, Histories>();
    for (const [projectId, need] of work.historyNeeds()) {
      histories.set(projectId, await readHistory(client, projectId, need.units, need.eventTypes, need.metadata));
    }
    return histories;
  }
}

const isExposure = (event: AcceptedEvent): boolean =>
  event.eventType === EXPOSURE && event.experimentId !== null && event.variantId !== null;

const toExposure = (event: AcceptedEvent): SeenExposure => ({
  projectId: event.projectId,
  experimentId: event.experimentId ?? '',
  variantId: event.variantId ?? '',
  userId: event.userId,
  at: event.at,
});

function sameState(a: UnitState, b: UnitState): boolean {
  return (
    a.variantId === b.variantId &&
    a.exposedAt === b.exposedAt &&
    a.conflicted === b.conflicted &&
    a.cells.every((cell, index) => Object.is(cell, b.cells[index]))
  );
}
