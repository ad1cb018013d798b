import { z } from 'zod';
import { defineRoute } from '../http/route.js';
import { defineTopic } from '../log/topic.js';
import { IdOrKey } from '../http/primitives.js';

/** How long changes took from their commit until clients had fetched them again, in milliseconds. */
export const PropagationDelays = z
  .object({ count: z.int(), p50: z.number(), p90: z.number(), p99: z.number(), max: z.number() })
  .meta({ id: 'PropagationDelays' });
export type PropagationDelays = z.output<typeof PropagationDelays>;

/** A connected client, and the newest version of the flag that it has surely fetched. */
export const PropagationClient = z
  .object({
    client: z.string(),
    kind: z.enum(['ofrep', 'sdk']),
    key: z.string().meta({ description: 'Name of the api key' }),
    connectedAt: z.string(),
    version: z.int().nullable(),
    confirmedAt: z.string().nullable(),
    behind: z.boolean(),
  })
  .meta({ id: 'PropagationClient' });
export type PropagationClient = z.output<typeof PropagationClient>;

export const FlagPropagation = z
  .object({
    flag: z.string(),
    environment: z.string(),
    version: z.int(),
    changedAt: z.string().nullable(),
    /** Processes that have answered. */
    processes: z.int(),
    clients: z.object({ connected: z.int(), confirmed: z.int(), behind: z.int() }),
    delays: PropagationDelays.nullable(),
    /** How many clients have which version; those that never confirmed one, or lag too far, are under `unknown`. */
    versions: z.record(z.string(), z.int()),
    /** Those behind first, at most 200. */
    sample: z.array(PropagationClient),
  })
  .meta({ id: 'FlagPropagation' });
export type FlagPropagation = z.output<typeof FlagPropagation>;

/** Somebody wants to know who has which version of a flag: every process that holds streams reports what it knows. */
export const PropagationAsked = z.object({
  id: z.string(),
  process: z.string(),
  projectId: z.string(),
  environmentId: z.string(),
  flagId: z.string(),
});
export type PropagationAsked = z.output<typeof PropagationAsked>;

/** What one process knows of its own clients. */
export const PropagationReport = z.object({
  version: z.int(),
  changedAt: z.number().nullable(),
  connected: z.int(),
  confirmed: z.int(),
  /** Milliseconds, ascending; a regular sample where there are many. */
  delays: z.array(z.number()),
  delayCount: z.int(),
  versions: z.record(z.string(), z.int()),
  sample: z.array(PropagationClient),
});
export type PropagationReport = z.output<typeof PropagationReport>;

/** Without a report: a process says that it has started. */
export const PropagationReported = z.object({
  id: z.string(),
  process: z.string(),
  report: PropagationReport.nullable(),
});
export type PropagationReported = z.output<typeof PropagationReported>;

export const propagationAsked = defineTopic<PropagationAsked>({
  type: 'propagation.asked',
  version: 1,
  schema: PropagationAsked,
  keyedBy: 'question',
  partitions: 1,
  retention: { kind: 'delete', hours: 1 },
});

export const propagationReported = defineTopic<PropagationReported>({
  type: 'propagation.reported',
  version: 1,
  schema: PropagationReported,
  keyedBy: 'question',
  partitions: 1,
  retention: { kind: 'delete', hours: 1 },
});

export const readFlagPropagation = defineRoute({
  id: 'readFlagPropagation',
  method: 'GET',
  path: '/api/v1/flags/:id/propagation',
  tag: 'Flags',
  summary: 'Which connected client has which version of a flag',
  description:
    'A client has confirmed a version when it has fetched flags or definitions after that version was known where it asked. ' +
    'Delays are counted from the commit of the change.',
  scope: 'environment',
  access: 'feature_flag:read',
  params: z.object({ id: IdOrKey }),
  success: { status: 200, schema: FlagPropagation },
});

export const propagationRoutes = [readFlagPropagation];
