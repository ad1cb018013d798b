import type { AssignmentSteps } from '@assay/contracts';
import { compileCondition, compileSplit, nativeBucket, type CompiledDefinitions, type Cond } from '@assay/evaluation';
import { coverageSalt, coverageShare, experimentSplit, type Splittable } from '../environment/experiment-split.js';

/** A version of an experiment, a unit and a moment. */
export interface Question {
  readonly definition: Splittable & { readonly version: number };
  readonly environment: CompiledDefinitions;
  /** With the attribute `userId`. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Every step from a unit to its variant, with what anybody needs to compute it again. */
export function explainSteps({ definition, environment, attributes, now }: Question): AssignmentSteps {
  const { split, reasons } = experimentSplit(definition);
  const outcome = compileSplit(split, environment)(attributes, { now });
  const { unit, unitRef } = outcome.enrolled ? outcome.exposure : outcome;
  const arm = outcome.enrolled ? split.arms[outcome.armIndex] : undefined;
  const gate = outcome.enrolled || outcome.failedAt === null ? undefined : reasons[outcome.failedAt];
  const steps = {
    definitionVersion: definition.version,
    unit: unit === null || unitRef === null ? null : { attribute: unitRef, value: unit },
    split: unit === null ? null : hashStep(definition.salt, unit),
    coverage: unit === null ? null : coverageStep(definition, unit),
    targeting: targetingStep(definition, environment, attributes, now),
  };
  if (definition.status !== 'ACTIVE') {
    return { ...steps, matchedRule: { kind: 'status', range: null }, reason: 'NOT_ACTIVE', variantKey: null };
  }
  if (arm !== undefined) {
    const [range] = arm.in;
    const matchedRule = {
      kind: 'variant' as const,
      range: range === undefined ? null : ([...range] as [number, number]),
    };
    return { ...steps, matchedRule, reason: 'ASSIGNED', variantKey: arm.variant };
  }
  const reason = unit === null ? 'NO_UNIT' : (gate ?? 'NOT_ACTIVE');
  return { ...steps, matchedRule: { kind: KIND_OF[reason] ?? 'status', range: null }, reason, variantKey: null };
}

const KIND_OF: Partial<Record<AssignmentSteps['reason'], AssignmentSteps['matchedRule']['kind']>> = {
  NO_UNIT: 'unit',
  NOT_TARGETED: 'targeting',
  NOT_IN_COVERAGE: 'coverage',
  LAYER: 'layer',
  HELD_OUT: 'holdout',
};

function hashStep(salt: string, unit: string) {
  const { hash, bucket } = nativeBucket(salt, unit);
  return { input: `${salt}:${unit}`, hash, bucket };
}

function coverageStep(definition: Splittable, unit: string): AssignmentSteps['coverage'] {
  const salt = coverageSalt(definition);
  const { fraction } = nativeBucket(salt, unit);
  return { ...hashStep(salt, unit), percent: definition.coverage, inside: fraction < coverageShare(definition) };
}

function targetingStep(
  { targetingRules }: Splittable,
  environment: CompiledDefinitions,
  attributes: Question['attributes'],
  now: number,
): AssignmentSteps['targeting'] {
  if (targetingRules === null) return null;
  const matched = compileCondition(targetingRules as Cond, environment)(attributes, { now });
  return { condition: targetingRules, matched };
}
