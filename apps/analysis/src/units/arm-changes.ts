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
  private readonly changes = new Map<string, ArmChange>();

  /** `before` undefined: the unit is new. */
  replace(plan: ExperimentPlan, before: UnitState | undefined, after: UnitState): void {
    if (before !== undefined) this.apply(plan, before, -1);
    this.apply(plan, after, 1);
  }

  all(): ArmChange[] {
    return [...this.changes.values()];
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
    const experimentId = plan.definition.id;
    const name = `${experimentId}/${variantId}/${day}`;
    let change = this.changes.get(name);
    if (change === undefined) {
      const moments = new Float64Array(plan.momentCount);
      change = { experimentId, variantId, day, plan, units: 0, conflicted: 0, moments };
      this.changes.set(name, change);
    }
    return change;
  }
}
