import type { AcceptedEvent } from '@assay/contracts';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import type { UnitExposure, UnitState } from '../units/unit-state.js';
import type { HistoryWanted } from './read-history.js';
import type { StoredUnit, UnitKey } from './unit-rows.js';

/** A unit was exposed, whichever message says so. */
export interface SeenExposure extends UnitExposure, UnitKey {
  readonly projectId: string;
}

/** What a batch holds for one unit of one experiment. */
export interface UnitTask {
  readonly key: UnitKey;
  readonly plan: ExperimentPlan;
  readonly before: UnitState | undefined;
  /** Where the unit's row lies. */
  readonly place: string | undefined;
  readonly exposures: UnitExposure[];
  readonly events: AcceptedEvent[];
}

export interface HistoryNeed {
  readonly units: readonly HistoryWanted[];
  readonly eventTypes: readonly string[];
  readonly metadata: boolean;
}

/** A unit the batch speaks of, or that is stored of one of its users. */
interface Unit {
  readonly experimentId: string;
  readonly stored?: StoredUnit;
  task?: UnitTask;
}

/** Sorts the exposures and events of a batch by unit and experiment. */
export class UnitWork {
  private readonly tasks: UnitTask[] = [];
  private readonly unitsOfUser = new Map<string, Unit[]>();

  constructor(
    private readonly planOf: (experimentId: string) => ExperimentPlan | undefined,
    stored: readonly StoredUnit[],
  ) {
    for (const unit of stored) this.hold(unit.userId, { experimentId: unit.experimentId, stored: unit });
  }

  addExposure({ experimentId, userId, variantId, at }: SeenExposure): void {
    const plan = this.planOf(experimentId);
    if (plan === undefined) return;
    const known = this.unitsOfUser.get(userId)?.find((unit) => unit.experimentId === experimentId);
    const unit = known ?? this.hold(userId, { experimentId });
    this.task(unit, userId, plan).exposures.push({ variantId, at });
  }

  /**
   * An event of a unit that was never exposed is nobody's yet: its exposure will find it in the stored events. `counted` are
   * experiments that have taken the event in already.
   */
  addEvent(event: AcceptedEvent, counted: ReadonlySet<string>): void {
    for (const unit of this.unitsOfUser.get(event.userId) ?? []) {
      if (unit.stored === undefined || counted.has(unit.experimentId)) continue;
      const plan = this.planOf(unit.experimentId);
      if (plan?.definition.projectId !== event.projectId || !plan.uses.has(event.eventType)) continue;
      this.task(unit, event.userId, plan).events.push(event);
    }
  }

  units(): Iterable<UnitTask> {
    return this.tasks;
  }

  plans(): ExperimentPlan[] {
    return [...new Set(this.tasks.map(({ plan }) => plan))];
  }

  /**
   * By project: the units whose whole history is needed, from the earliest exposure that any of their experiments asks for,
   * or as long before it as covariates look.
   */
  historyNeeds(): Map<string, HistoryNeed> {
    const starts = new Map<string, Map<string, number>>();
    const types = new Map<string, Set<string>>();
    const metadata = new Set<string>();
    for (const { key, plan, before, exposures } of this.tasks) {
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

  private hold(userId: string, unit: Unit): Unit {
    const held = this.unitsOfUser.get(userId);
    if (held === undefined) this.unitsOfUser.set(userId, [unit]);
    else held.push(unit);
    return unit;
  }

  private task(unit: Unit, userId: string, plan: ExperimentPlan): UnitTask {
    if (unit.task !== undefined) return unit.task;
    unit.task = {
      key: { experimentId: unit.experimentId, userId },
      plan,
      before: unit.stored?.state,
      place: unit.stored?.place,
      exposures: [],
      events: [],
    };
    this.tasks.push(unit.task);
    return unit.task;
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
