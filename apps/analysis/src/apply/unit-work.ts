import type { AcceptedEvent } from '@assay/contracts';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import type { UnitExposure, UnitState } from '../units/unit-state.js';
import type { HistoryWanted } from './read-history.js';
import { unitName, type StoredUnit, type UnitKey } from './unit-rows.js';

/** A unit was exposed, whichever message says so. */
export interface SeenExposure extends UnitExposure, UnitKey {
  readonly projectId: string;
}

/** What a batch holds for one unit of one experiment. */
export interface UnitTask {
  readonly key: UnitKey;
  readonly plan: ExperimentPlan;
  readonly before: UnitState | undefined;
  readonly exposures: UnitExposure[];
  readonly events: AcceptedEvent[];
}

export interface HistoryNeed {
  readonly units: readonly HistoryWanted[];
  readonly eventTypes: readonly string[];
  readonly metadata: boolean;
}

/** Sorts the exposures and events of a batch by unit and experiment. */
export class UnitWork {
  private readonly tasks = new Map<string, UnitTask>();
  private readonly unitsOfUser = new Map<string, StoredUnit[]>();

  constructor(
    private readonly planOf: (experimentId: string) => ExperimentPlan | undefined,
    private readonly stored: ReadonlyMap<string, StoredUnit>,
  ) {
    for (const unit of stored.values()) {
      const held = this.unitsOfUser.get(unit.userId);
      if (held === undefined) this.unitsOfUser.set(unit.userId, [unit]);
      else held.push(unit);
    }
  }

  addExposure(exposure: SeenExposure): void {
    const plan = this.planOf(exposure.experimentId);
    if (plan !== undefined) this.task(exposure, plan).exposures.push(exposure);
  }

  /**
   * An event of a unit that was never exposed is nobody's yet: its exposure will find it in the stored events. `counted` are
   * experiments that have taken the event in already.
   */
  addEvent(event: AcceptedEvent, counted: ReadonlySet<string>): void {
    for (const unit of this.unitsOfUser.get(event.userId) ?? []) {
      const plan = this.planOf(unit.experimentId);
      if (plan?.definition.projectId !== event.projectId || !plan.uses.has(event.eventType)) continue;
      if (counted.has(unit.experimentId)) continue;
      this.task(unit, plan).events.push(event);
    }
  }

  units(): Iterable<UnitTask> {
    return this.tasks.values();
  }

  plans(): ExperimentPlan[] {
    return [...new Set([...this.tasks.values()].map(({ plan }) => plan))];
  }

  /**
   * By project: the units whose whole history is needed, from the earliest exposure that any of their experiments asks for,
   * or as long before it as covariates look.
   */
  historyNeeds(): Map<string, HistoryNeed> {
    const starts = new Map<string, Map<string, number>>();
    const types = new Map<string, Set<string>>();
    const metadata = new Set<string>();
    for (const { key, plan, before, exposures } of this.tasks.values()) {
      if (exposures.length === 0) continue;
      const first = Math.min(...exposures.map(({ at }) => at));
      if (before !== undefined && before.exposedAt <= first) continue;
      const { projectId } = plan.definition;
      const users = mapOf(starts, projectId, () => new Map<string, number>());
      users.set(key.userId, Math.min(first - plan.lookbackMs, users.get(key.userId) ?? Infinity));
      const wanted = mapOf(types, projectId, () => new Set<string>());
      for (const eventType of plan.uses.keys()) wanted.add(eventType);
      if (plan.needsMetadata) metadata.add(projectId);
    }
    return new Map(
      [...starts].map(([projectId, users]) => [
        projectId,
        {
          units: [...users].map(([userId, from]) => ({ userId, from })),
          eventTypes: [...(types.get(projectId) ?? [])],
          metadata: metadata.has(projectId),
        },
      ]),
    );
  }

  private task(key: UnitKey, plan: ExperimentPlan): UnitTask {
    return mapOf(this.tasks, unitName(key), () => ({
      key: { experimentId: key.experimentId, userId: key.userId },
      plan,
      before: this.stored.get(unitName(key))?.state,
      exposures: [],
      events: [],
    }));
  }
}

function mapOf<V>(map: Map<string, V>, key: string, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
