import { z } from 'zod';
import { defineTopic } from '../log/topic.js';

/** A unit was assigned on the server: for the analysis that is an exposure at `at`. */
export const AssignmentRecorded = z.object({
  projectId: z.string(),
  experimentId: z.string(),
  variantId: z.string(),
  userId: z.string(),
  /** Epoch milliseconds. */
  at: z.number(),
  definitionVersion: z.int(),
  propensity: z.number(),
  /** Position of the unit; absent from messages of versions that did not send it. */
  bucket: z.int().optional(),
});
export type AssignmentRecorded = z.output<typeof AssignmentRecorded>;

export const assignmentRecorded = defineTopic<AssignmentRecorded>({
  type: 'assignment.recorded',
  version: 1,
  schema: AssignmentRecorded,
  keyedBy: 'project and user, so that a unit’s history stays on one partition',
  partitions: 8,
  retention: { kind: 'delete', hours: 168 },
});
