import { z } from 'zod';
import { defineRoute } from '../http/route.js';

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

export const OfrepBulk = z
  .object({ flags: z.array(z.union([OfrepSuccess, OfrepFailure])), metadata: metadata.optional() })
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
  description: 'With `If-None-Match`: 304 when nothing has changed for this context.',
  query: z.strictObject({
    flagConfigEtag: z.string().max(500).optional(),
    flagConfigLastModified: z.string().max(100).optional(),
  }),
  body,
  success: { status: 200, schema: OfrepBulk },
});

export const ofrepRoutes = [evaluateFlag, evaluateFlags];
