import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { addUnit } from './moments.js';
import type { UnitState } from './unit-state.js';

const DAY_MS = 86_400_000;

/** What a batch changes among the units of one arm that were first exposed on one day. */
export interface ArmChange {
  readonly experimentId: string;
  readonly variantId: string;
  /** UTC, days since 1970. */
  readonly day: number;
  readonly plan: ExperimentPlan;
  units: number;
  conflicted: number;
  readonly moments: Float64Array;
}

/** Collects the effect of changed units on the sums of their arms: the old contribution out, the new one in. */
export class ArmChanges {
  private readonly changes: ArmChange[] = [];
  /** The same by plan, variant and day: names put together of them would be made for each unit. */
  private readonly byPlan = new Map<ExperimentPlan, Map<string, Map<number, ArmChange>>>();

  /** `before` undefined: the unit is new. */
  replace(plan: ExperimentPlan, before: UnitState | undefined, after: UnitState): void {
    if (before !== undefined) this.apply(plan, before, -1);
    this.apply(plan, after, 1);
  }

  all(): readonly ArmChange[] {
    return this.changes;
  }

  private apply(plan: ExperimentPlan, state: UnitState, sign: 1 | -1): void {
    const change = this.of(plan, state.variantId, Math.floor(state.exposedAt / DAY_MS));
    if (state.conflicted) {
      change.conflicted += sign;
      return;
    }
    change.units += sign;
    for (const metric of plan.metrics) {
      const value = metric.quantities(state.cells);
      if (value !== null) addUnit(change.moments, metric.momentOffset, value, sign);
    }
  }

  private of(plan: ExperimentPlan, variantId: string, day: number): ArmChange {
    const days = mapIn(mapIn(this.byPlan, plan), variantId);
    let change = days.get(day);
    if (change === undefined) {
      const moments = new Float64Array(plan.momentCount);
      change = { experimentId: plan.definition.id, variantId, day, plan, units: 0, conflicted: 0, moments };
      days.set(day, change);
      this.changes.push(change);
    }
    return change;
  }
}

function mapIn<K, L, V>(maps: Map<K, Map<L, V>>, key: K): Map<L, V> {
  let map = maps.get(key);
  if (map === undefined) {
    map = new Map();
    maps.set(key, map);
  }
  return map;
}
