import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { addUnit } from './moments.js';
import type { UnitState } from './unit-state.js';

/** What a batch changes in one arm. */
export interface ArmChange {
  readonly experimentId: string;
  readonly variantId: string;
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
    const change = this.of(plan, state.variantId);
    if (state.conflicted) {
      change.conflicted += sign;
      return;
    }
    change.units += sign;
    for (const metric of plan.metrics) {
      const value = metric.rule.value(state.cells, metric.cellOffset);
      if (value !== null) addUnit(change.moments, metric.momentOffset, value, sign);
    }
  }

  private of(plan: ExperimentPlan, variantId: string): ArmChange {
    const experimentId = plan.definition.id;
    const name = `${experimentId}/${variantId}`;
    let change = this.changes.get(name);
    if (change === undefined) {
      const moments = new Float64Array(plan.momentCount);
      change = { experimentId, variantId, plan, units: 0, conflicted: 0, moments };
      this.changes.set(name, change);
    }
    return change;
  }
}
