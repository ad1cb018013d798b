import type { ExperimentDefinition } from '@assay/contracts';
import { totalArms } from '../data/arm-totals.js';
import type { ExperimentData } from '../data/experiment-data.js';
import { RankedUnits } from '../data/ranked-units.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { ArmChanges } from '../units/arm-changes.js';

/** `players` units of a variant that have the same cells. */
export interface UnitsOf {
  readonly variant: number;
  readonly players: number;
  readonly cells: readonly number[];
  readonly exposedAt?: number;
  readonly conflicted?: boolean;
}

/** The data of an experiment that consists of the given units. */
export function dataOf(plan: ExperimentPlan, units: readonly UnitsOf[]): ExperimentData {
  const changes = new ArmChanges();
  const ranked = new RankedUnits(plan);
  for (const { variant, players, cells, exposedAt = 0, conflicted = false } of units) {
    const variantId = variantIdOf(plan.definition, variant);
    const state = { variantId, exposedAt, conflicted, cells: Float64Array.from(cells) };
    for (let player = 0; player < players; player += 1) {
      changes.replace(plan, undefined, state);
      if (!conflicted) ranked.add(variantId, state.cells);
    }
  }
  const flow = changes.all();
  return { totals: totalArms(plan, flow), ranked: ranked.results(), flow, through: null };
}

function variantIdOf({ variants }: ExperimentDefinition, index: number): string {
  const variant = variants[index];
  if (variant === undefined) throw new Error(`there is no variant ${index}`);
  return variant.id;
}
