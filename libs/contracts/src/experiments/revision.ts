import { z } from 'zod';
import { Experiment } from './experiment.js';
import { REVISION_CHANGES } from './vocabulary.js';

/** An experiment as it was from one version on, what led to it, who did it and why. */
export const ExperimentRevision = z
  .object({
    version: z.int(),
    change: z.enum(REVISION_CHANGES),
    reason: z.string().nullable(),
    actorId: z.uuid().nullable().meta({ description: 'The user; null when the platform did it by itself' }),
    createdAt: z.string(),
    definition: Experiment,
  })
  .meta({ id: 'ExperimentRevision' });
export type ExperimentRevision = z.output<typeof ExperimentRevision>;
