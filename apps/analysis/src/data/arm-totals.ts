import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { addMoments } from '../units/moments.js';

/** All shards of one arm together. */
export interface ArmTotals {
  units: number;
  conflicted: number;
  readonly moments: Float64Array;
}

export interface ArmPart {
  readonly variantId: string;
  readonly units: number;
  readonly conflicted: number;
  readonly moments: ArrayLike<number>;
}

/** Adds the parts of every arm; a variant nobody was exposed to has zeros. */
export function totalArms(plan: ExperimentPlan, parts: Iterable<ArmPart>): Map<string, ArmTotals> {
  const totals = new Map<string, ArmTotals>();
  for (const { id } of plan.definition.variants) {
    totals.set(id, { units: 0, conflicted: 0, moments: new Float64Array(plan.momentCount) });
  }
  for (const part of parts) {
    const total = totals.get(part.variantId);
    if (total === undefined) continue;
    total.units += part.units;
    total.conflicted += part.conflicted;
    addMoments(total.moments, part.moments, plan.dimensions);
  }
  return totals;
}
