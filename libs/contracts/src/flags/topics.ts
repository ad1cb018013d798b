import { z } from 'zod';
import { defineTopic } from '../log/topic.js';

/** All that evaluation needs to know of a flag: the compiled document of the rule model, with its version. */
export const FlagDefinition = z.object({
  id: z.uuid(),
  projectId: z.uuid(),
  key: z.string(),
  version: z.int(),
  clientSide: z.boolean(),
  /** A `Flag` of the rule model; checked by @assay/evaluation before it was stored. */
  document: z.record(z.string(), z.unknown()),
  /** Documents of the environments that have settings of their own, by environment id. */
  environments: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
  /** When this version was written, epoch milliseconds. */
  changedAt: z.number().optional(),
});
export type FlagDefinition = z.output<typeof FlagDefinition>;

export const FlagChanged = z.object({ deleted: z.boolean(), definition: FlagDefinition });
export type FlagChanged = z.output<typeof FlagChanged>;

export const flagChanged = defineTopic<FlagChanged>({
  type: 'flag.changed',
  version: 1,
  schema: FlagChanged,
  keyedBy: 'flag id',
  partitions: 1,
  retention: { kind: 'compact' },
});

/** A named condition that flags and experiments refer to. */
export const SegmentDefinition = z.object({
  id: z.uuid(),
  projectId: z.uuid(),
  key: z.string(),
  version: z.int(),
  condition: z.unknown(),
  /** When this version was written, epoch milliseconds. */
  changedAt: z.number().optional(),
});
export type SegmentDefinition = z.output<typeof SegmentDefinition>;

export const SegmentChanged = z.object({ deleted: z.boolean(), definition: SegmentDefinition });
export type SegmentChanged = z.output<typeof SegmentChanged>;

export const segmentChanged = defineTopic<SegmentChanged>({
  type: 'segment.changed',
  version: 1,
  schema: SegmentChanged,
  keyedBy: 'segment id',
  partitions: 1,
  retention: { kind: 'compact' },
});
