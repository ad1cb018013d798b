import { z } from 'zod';

export const DEAD_LETTER_STATUSES = ['dead', 'replayed', 'discarded'] as const;
export const DeadLetterStatusName = z.enum(DEAD_LETTER_STATUSES);

/** A message that a consumer group could not handle and put aside, without its payload. */
export const DeadLetter = z
  .object({
    id: z.uuid(),
    topic: z.string(),
    partition: z.int().min(0),
    offset: z.int().min(0),
    /** The consumer group that gave up on it; other groups of the topic may have handled it. */
    group: z.string(),
    key: z.string().nullable(),
    /** Null when the message names no project, or cannot be read far enough to know. */
    projectId: z.string().nullable(),
    error: z.string(),
    code: z.string().nullable(),
    attempts: z.int().min(1),
    status: DeadLetterStatusName,
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .meta({ id: 'DeadLetter' });
export type DeadLetter = z.output<typeof DeadLetter>;

/** With the message as it was on the wire, which need not be JSON. */
export const DeadLetterWithPayload = DeadLetter.extend({ payload: z.string() }).meta({ id: 'DeadLetterWithPayload' });
export type DeadLetterWithPayload = z.output<typeof DeadLetterWithPayload>;
