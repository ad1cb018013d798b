import type { AssignmentReason, ExperimentDefinition } from '@assay/contracts';
import { splitFromWeights, type Cond, type EnrollStage, type Flag, type Split } from '@assay/evaluation';

/** What of a definition decides who gets which variant. */
export type Splittable = Pick<
  ExperimentDefinition,
  'key' | 'salt' | 'unit' | 'coverage' | 'targetingRules' | 'variants' | 'status' | 'admission'
>;

/** What a unit hears that does not pass a part of the admission. */
const REASON_OF: Readonly<Record<EnrollStage, AssignmentReason>> = {
  TARGETING: 'NOT_TARGETED',
  HOLDOUT: 'HELD_OUT',
  LAYER: 'LAYER',
  COVERAGE: 'NOT_IN_COVERAGE',
};

/** A split with the reasons of its admission, in the order of its parts. */
export interface ExperimentSplit {
  readonly split: Split;
  readonly reasons: readonly AssignmentReason[];
}

/** An experiment as a split of the rule model; its arms stand in the order of the variants. */
export function experimentSplit(definition: Splittable): ExperimentSplit {
  const { key, salt, unit, targetingRules, variants, admission } = definition;
  const { layer = null, holdouts = [] } = admission ?? {};
  const { split, stages } = splitFromWeights({
    key,
    salt,
    unit,
    coverage: coverageShare(definition),
    holdouts: holdouts.map((holdout) => ({ salt: holdout.salt, in: [[holdout.share / 100, 1]] as const })),
    layer: layer === null ? null : { condition: layer.condition as Cond },
    targeting: targetingRules as Cond | null,
    variants: variants.map((variant) => ({ key: variant.key, weight: variant.trafficAllocation })),
  });
  return { split, reasons: stages.map((stage) => REASON_OF[stage]) };
}

/** Salt of the hash by which coverage is decided. */
export const coverageSalt = ({ key }: Splittable): string => `${key}:coverage`;

/** Share of the units that may take part which coverage lets in: within a layer, of those that the layer gave. */
export function coverageShare({ coverage, admission }: Splittable): number {
  const share = coverage / 100;
  const given = admission?.layer?.share ?? 1;
  return given <= share + 1e-9 ? 1 : share / given;
}

/**
 * An experiment as the flag of its key, for rules that look at it: its value is the configuration of the variant. Assignments
 * are kept for ever, so its split is sticky; while it is paused, only they have a variant.
 */
export function experimentFlag(definition: Splittable): Flag {
  const { split } = experimentSplit(definition);
  const isPaused = definition.status === 'PAUSED';
  const kept: Split = { ...split, ...(isPaused ? { enroll: false } : {}), sticky: { version: 1, minVersion: 0 } };
  return {
    key: definition.key,
    type: 'json',
    on: isPaused || definition.status === 'ACTIVE',
    variants: Object.fromEntries(definition.variants.map(({ key, configuration }) => [key, configuration])),
    off: null,
    rules: [{ id: 'experiment', when: true, serve: { split: kept } }],
    ...(isPaused ? { default: { off: true } } : {}),
  };
}
