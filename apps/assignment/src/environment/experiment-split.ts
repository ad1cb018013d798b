import type { AssignmentReason, ExperimentDefinition } from '@assay/contracts';
import { armRanges } from '@assay/definitions';
import type { Bucket, Cond, Flag, Split } from '@assay/evaluation';

/** What of a definition decides who gets which variant. */
export type Splittable = Pick<
  ExperimentDefinition,
  'key' | 'salt' | 'unit' | 'coverage' | 'targetingRules' | 'variants' | 'status'
>;

/** One part of the admission, and what a unit hears that does not pass it. */
export interface Gate {
  readonly reason: AssignmentReason;
  readonly when: Cond;
}

/** What a unit has to pass to be enrolled, in this order. */
export function gatesOf(definition: Splittable): Gate[] {
  const gates: Gate[] = [];
  if (definition.targetingRules !== null) {
    gates.push({ reason: 'NOT_TARGETED', when: definition.targetingRules as Cond });
  }
  if (definition.coverage < 100)
    gates.push({ reason: 'NOT_IN_COVERAGE', when: { bucket: coverageBucket(definition) } });
  return gates;
}

/** Coverage has a hash of its own: growing it never moves a unit between variants. */
export function coverageBucket({ salt, unit, coverage }: Splittable): Bucket {
  return { salt: `${salt}:coverage`, unit, in: [[0, coverage / 100]] };
}

/** An experiment as a split of the rule model; its arms stand in the order of the variants. */
export function experimentSplit(definition: Splittable): Split {
  const ranges = armRanges(definition.variants.map(({ trafficAllocation }) => trafficAllocation));
  return {
    key: definition.key,
    unit: definition.unit,
    salt: definition.salt,
    enroll: { all: gatesOf(definition).map(({ when }) => when) },
    arms: definition.variants.map(({ key }, index) => ({ key, variant: key, in: ranges[index] ?? [] })),
  };
}

/** An experiment as the flag of its key, for rules that look at it: its value is the configuration of the variant. */
export function experimentFlag(definition: Splittable): Flag {
  return {
    key: definition.key,
    type: 'json',
    on: definition.status === 'ACTIVE',
    variants: Object.fromEntries(definition.variants.map(({ key, configuration }) => [key, configuration])),
    off: null,
    rules: [{ id: 'experiment', when: true, serve: { split: experimentSplit(definition) } }],
  };
}
