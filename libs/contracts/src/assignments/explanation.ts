import { z } from 'zod';
import { Condition } from '../experiments/experiment.js';
import { EXPERIMENT_STATUSES } from '../experiments/vocabulary.js';
import { AssignmentReason, StoredAssignment } from './assignment.js';

/** A hash with what went into it: anybody can compute it again. */
const HashStep = z.object({
  input: z.string().meta({ description: 'salt, ":" and the unit; hashed by murmur3_x86_32 with seed 0' }),
  hash: z.int(),
  bucket: z.int(),
});

/** What one version of an experiment makes of a unit, step by step. */
export const AssignmentSteps = z
  .object({
    definitionVersion: z.int(),
    unit: z.object({ attribute: z.string(), value: z.string() }).nullable(),
    split: HashStep.nullable(),
    coverage: HashStep.extend({ percent: z.number(), inside: z.boolean() }).nullable(),
    targeting: z.object({ condition: Condition, matched: z.boolean() }).nullable(),
    matchedRule: z
      .object({
        kind: z.enum(['variant', 'targeting', 'coverage', 'unit', 'status', 'layer', 'holdout']),
        range: z.tuple([z.number(), z.number()]).nullable(),
      })
      .meta({ description: 'What decided: the range of the variant, or what kept the unit out' }),
    reason: AssignmentReason,
    variantKey: z.string().nullable(),
  })
  .meta({ id: 'AssignmentSteps' });
export type AssignmentSteps = z.output<typeof AssignmentSteps>;

export const AssignmentExplanation = z
  .object({
    experimentId: z.uuid(),
    experimentKey: z.string(),
    userId: z.string(),
    status: z.enum(EXPERIMENT_STATUSES),
    current: AssignmentSteps.meta({ description: 'What the present definition says, had the unit not come before' }),
    recorded: StoredAssignment.nullable(),
    recomputed: AssignmentSteps.nullable().meta({
      description: 'The steps again with the recorded context and definition version; null when nothing is recorded',
    }),
    agrees: z
      .boolean()
      .nullable()
      .meta({ description: 'Whether recomputing gives the recorded variant; null when that version is not kept' }),
  })
  .meta({ id: 'AssignmentExplanation' });
export type AssignmentExplanation = z.output<typeof AssignmentExplanation>;
