import { z } from 'zod';
import { defineTopic } from '../log/topic.js';
import { STALE_REASONS } from './flag.js';

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

/** How often flags served which variants, in one environment since the last such message of a process. */
export const FlagEvaluated = z.object({
  projectId: z.uuid(),
  environmentId: z.uuid(),
  /** Epoch milliseconds. */
  at: z.number(),
  /** The variant "" is the default in the code. */
  counts: z.array(z.object({ flagId: z.uuid(), variant: z.string(), count: z.int() })),
});
export type FlagEvaluated = z.output<typeof FlagEvaluated>;

export const flagEvaluated = defineTopic<FlagEvaluated>({
  type: 'flag.evaluated',
  version: 1,
  schema: FlagEvaluated,
  keyedBy: 'environment id',
  partitions: 1,
  retention: { kind: 'delete', hours: 168 },
});

/** A flag has become ready to be removed from the code. */
export const FlagStale = z.object({
  projectId: z.uuid(),
  flagId: z.uuid(),
  key: z.string(),
  reason: z.enum(STALE_REASONS),
  since: z.number(),
});
export type FlagStale = z.output<typeof FlagStale>;

export const flagStale = defineTopic<FlagStale>({
  type: 'flag.stale',
  version: 1,
  schema: FlagStale,
  keyedBy: 'flag id',
  partitions: 1,
  retention: { kind: 'delete', hours: 720 },
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

/** A large list by reference: who needs its members reads them from the database, those that changed since the version it has. */
export const ListDefinition = z.object({
  id: z.uuid(),
  projectId: z.uuid(),
  key: z.string(),
  version: z.int(),
  size: z.int(),
  /** When this version was written, epoch milliseconds. */
  changedAt: z.number().optional(),
});
export type ListDefinition = z.output<typeof ListDefinition>;

export const ListChanged = z.object({ deleted: z.boolean(), definition: ListDefinition });
export type ListChanged = z.output<typeof ListChanged>;

export const listChanged = defineTopic<ListChanged>({
  type: 'list.changed',
  version: 1,
  schema: ListChanged,
  keyedBy: 'list id',
  partitions: 1,
  retention: { kind: 'compact' },
});
