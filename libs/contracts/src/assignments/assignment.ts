import { z } from 'zod';
import { IdOrKey, JsonObject, UserId } from '../http/primitives.js';
import { EvaluationContext } from './context.js';

/**
 * Why a unit is, or is not, in an experiment.
 *
 * - `ASSIGNED`: by the hash, just now; `STICKY`: it had been assigned before
 * - `NOT_ACTIVE`: the experiment is not running, enrols nobody new, or runs in another environment
 * - `NOT_TARGETED`: the targeting condition is false; `NOT_IN_COVERAGE`: outside the share of traffic
 * - `HELD_OUT`, `LAYER`: kept out by a holdout, or the layer gave it to another experiment
 * - `NO_UNIT`: none of the experiment's unit attributes has a value
 */
export const ASSIGNMENT_REASONS = [
  'ASSIGNED',
  'STICKY',
  'NOT_ACTIVE',
  'NOT_TARGETED',
  'NOT_IN_COVERAGE',
  'HELD_OUT',
  'LAYER',
  'NO_UNIT',
] as const;
export const AssignmentReason = z.enum(ASSIGNMENT_REASONS).meta({ id: 'AssignmentReason' });
export type AssignmentReason = z.output<typeof AssignmentReason>;

export const AssignmentRequest = z
  .strictObject({ experiment: IdOrKey, userId: UserId, context: EvaluationContext.optional() })
  .meta({ id: 'AssignmentRequest' });
export type AssignmentRequest = z.output<typeof AssignmentRequest>;

/** A unit's part in an experiment: the answer of `POST /assignments`. */
export const Assignment = z
  .object({
    experimentId: z.uuid(),
    experimentKey: z.string(),
    userId: z.string(),
    enrolled: z.boolean(),
    reason: AssignmentReason,
    variantId: z.uuid().nullable(),
    variantKey: z.string().nullable(),
    configuration: JsonObject.nullable(),
    bucket: z.int().nullable().meta({ description: 'Position of the unit, 0..99,999; null without a unit' }),
    definitionVersion: z.int().meta({ description: 'Version of the experiment that decided' }),
    sticky: z.boolean().meta({ description: 'Whether the unit had been assigned before' }),
  })
  .meta({ id: 'Assignment' });
export type Assignment = z.output<typeof Assignment>;

export const AssignmentBatchRequest = z
  .strictObject({
    userId: UserId,
    context: EvaluationContext.optional(),
    experiments: z.array(IdOrKey).min(1).max(200).optional(),
  })
  .meta({ id: 'AssignmentBatchRequest' });
export type AssignmentBatchRequest = z.output<typeof AssignmentBatchRequest>;

export const AssignmentBatch = z.object({ assignments: z.array(Assignment) }).meta({ id: 'AssignmentBatch' });
export type AssignmentBatch = z.output<typeof AssignmentBatch>;

/** An assignment as it is stored. */
export const StoredAssignment = z
  .object({
    id: z.uuid(),
    experimentId: z.uuid(),
    experimentKey: z.string(),
    variantId: z.uuid(),
    variantKey: z.string(),
    userId: z.string(),
    context: JsonObject,
    bucket: z.int(),
    definitionVersion: z.int(),
    propensity: z.number().meta({ description: 'Probability with which an enrolled unit got this variant' }),
    createdAt: z.string(),
  })
  .meta({ id: 'StoredAssignment' });
export type StoredAssignment = z.output<typeof StoredAssignment>;
