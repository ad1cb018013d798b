import { z } from 'zod';
import { defineRoute } from '../http/route.js';

const document = z.record(z.string(), z.unknown());

/** Everything an SDK needs to decide by itself, in the shape of the rule model. */
export const SdkDefinitions = z
  .object({
    project: z.string(),
    environment: z.string(),
    /** Names this state of the definitions; the same in every process. */
    etag: z.string(),
    flags: z.record(z.string(), document),
    segments: z.record(z.string(), z.unknown()),
    /** Large lists by reference: how many members which version has. */
    lists: z.record(z.string(), z.object({ version: z.int(), size: z.int() })),
    /** The version of each flag and experiment. */
    versions: z.record(z.string(), z.int()),
  })
  .meta({ id: 'SdkDefinitions' });
export type SdkDefinitions = z.output<typeof SdkDefinitions>;

const client = z
  .string()
  .max(100)
  .optional()
  .meta({ description: 'A name of its own for each client: by it the propagation of a change is followed' });

const base = { tag: 'SDK', scope: 'environment', access: 'definition:read', method: 'GET' } as const;

export const readSdkDefinitions = defineRoute({
  ...base,
  id: 'readSdkDefinitions',
  path: '/sdk/v1/definitions',
  summary: 'Flags, experiments, segments and lists of an environment, for evaluation in the caller',
  description: 'With `If-None-Match`: 304 when nothing has changed.',
  query: z.strictObject({ client }),
  success: { status: 200, schema: SdkDefinitions },
});

export const openSdkStream = defineRoute({
  ...base,
  id: 'openSdkStream',
  path: '/sdk/v1/stream',
  summary: 'Changes of definitions as server-sent events',
  description: 'Each event says that the definitions should be fetched again, and names their new `etag`.',
  query: z.strictObject({ client, since: z.string().max(100).optional() }),
  success: { status: 200, description: 'text/event-stream' },
});

export const sdkRoutes = [readSdkDefinitions, openSdkStream];
