import { z } from 'zod';
import { defineRoute } from '../http/route.js';
import { propagationRoutes } from './propagation.js';
import { sdkRoutes } from './sdk.js';

const metadata = z.record(z.string(), z.union([z.boolean(), z.string(), z.number()]));

/** Why a value was served, in the words of OFREP 0.3. */
export const OFREP_REASONS = ['STATIC', 'TARGETING_MATCH', 'SPLIT', 'DISABLED', 'UNKNOWN'] as const;
export type OfrepReason = (typeof OFREP_REASONS)[number];

/** Without `value`: use the default in the code. */
export const OfrepSuccess = z
  .object({
    key: z.string(),
    reason: z.enum(OFREP_REASONS),
    value: z.json().optional(),
    variant: z.string().optional(),
    metadata: metadata.optional(),
  })
  .meta({ id: 'OfrepSuccess' });
export type OfrepSuccess = z.output<typeof OfrepSuccess>;

export const OFREP_ERRORS = [
  'PARSE_ERROR',
  'TARGETING_KEY_MISSING',
  'INVALID_CONTEXT',
  'GENERAL',
  'FLAG_NOT_FOUND',
] as const;

export const OfrepFailure = z
  .object({ key: z.string(), errorCode: z.enum(OFREP_ERRORS), errorDetails: z.string().optional() })
  .meta({ id: 'OfrepFailure' });
export type OfrepFailure = z.output<typeof OfrepFailure>;

/** Where a client hears of changes: a path with a secret in it, on the origin it asked. */
export const OfrepEventStream = z
  .object({
    type: z.literal('sse'),
    endpoint: z.object({ requestUri: z.string() }),
    inactivityDelaySec: z.int().min(1),
  })
  .meta({ id: 'OfrepEventStream' });
export type OfrepEventStream = z.output<typeof OfrepEventStream>;

export const OfrepBulk = z
  .object({
    flags: z.array(z.union([OfrepSuccess, OfrepFailure])),
    metadata: metadata.optional(),
    eventStreams: z.array(OfrepEventStream).optional(),
  })
  .meta({ id: 'OfrepBulk' });
export type OfrepBulk = z.output<typeof OfrepBulk>;

// What is wrong with a request is answered in OFREP's own shape, so the service parses it: this is for the document.
const body = z.unknown().meta({
  id: 'OfrepRequest',
  type: 'object',
  required: ['context'],
  properties: {
    context: { type: 'object', required: ['targetingKey'], properties: { targetingKey: { type: 'string' } } },
  },
});

const base = { tag: 'OFREP', scope: 'environment', access: 'feature_flag:evaluate', method: 'POST' } as const;

export const evaluateFlag = defineRoute({
  ...base,
  id: 'evaluateFlag',
  path: '/ofrep/v1/evaluate/flags/:key',
  summary: 'Evaluate a flag (OpenFeature Remote Evaluation Protocol 0.3)',
  description:
    'Failures have the shapes of OFREP: 400 and 404 `{key, errorCode, errorDetails}`. The attribute `userId` is the ' +
    'targeting key unless the context has one of its own. Experiments of the environment are evaluated as flags of their ' +
    'key; serving a variant assigns the user, once and for ever, and records the exposure. Client keys see client-side flags only.',
  params: z.object({ key: z.string() }),
  body,
  success: { status: 200, schema: OfrepSuccess },
});

export const evaluateFlags = defineRoute({
  ...base,
  id: 'evaluateFlags',
  path: '/ofrep/v1/evaluate/flags',
  summary: 'Evaluate all flags (OpenFeature Remote Evaluation Protocol 0.3)',
  description:
    'With `If-None-Match`: 304 when nothing has changed for this context. Api keys get `eventStreams`, where changes are ' +
    'told; the address holds a secret. A refetch because of a change names it in `flagConfigEtag`: by that it is known who ' +
    'has it.',
  query: z.strictObject({
    flagConfigEtag: z.string().max(500).optional(),
    flagConfigLastModified: z.string().max(100).optional(),
  }),
  body,
  success: { status: 200, schema: OfrepBulk },
});

/** A stream ends when its key is revoked, when its client does not read, and when the server stops. */
export const openFlagStream = defineRoute({
  id: 'openFlagStream',
  method: 'GET',
  path: '/ofrep/v1/stream',
  tag: 'OFREP',
  summary: 'Changes of flags as server-sent events (OFREP 0.3)',
  description:
    'The address comes from `eventStreams` of a bulk answer. Each event says that flags should be fetched again. ' +
    '`Last-Event-ID` replays what was missed; comments are heartbeats.',
  scope: 'none',
  access: 'public',
  query: z.strictObject({
    token: z.string().min(1).max(300).meta({ description: 'Stands for the api key' }),
    client: z.string().max(100).optional().meta({ description: 'Which client of the key this is' }),
    since: z.string().max(100).optional().meta({ description: 'The configuration the client has' }),
  }),
  success: { status: 200, description: 'text/event-stream' },
});

/** What the assignment service answers besides assignments. */
export const ofrepRoutes = [evaluateFlag, evaluateFlags, openFlagStream, ...sdkRoutes, ...propagationRoutes];
