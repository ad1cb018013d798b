import { z } from 'zod';
import { ListQuery, listOf } from '../http/list.js';
import { IdOrKey, Time, Uuid, text } from '../http/primitives.js';
import { defineRoute } from '../http/route.js';
import { DEFAULT_ENVIRONMENT, DEFAULT_PROJECT } from './projects.js';

export const API_KEY_PREFIXES = { server: 'assay_sk_', client: 'assay_ck_', personal: 'assay_pat_' } as const;
export type ApiKeyKind = keyof typeof API_KEY_PREFIXES;
const Kind = z.enum(['server', 'client', 'personal']);

/** An api key as lists show it. `prefix` is its beginning, enough to recognise it; `project`, `environment` are keys. */
export const ApiKey = z
  .object({
    id: z.uuid(),
    name: z.string(),
    kind: Kind,
    prefix: z.string(),
    project: z.string().nullable(),
    environment: z.string().nullable(),
    /** User name of a personal key's user. */
    user: z.string().nullable(),
    /** User name of who made it. */
    createdBy: z.string().nullable(),
    expiresAt: z.string().nullable(),
    lastUsedAt: z.string().nullable(),
    revokedAt: z.string().nullable(),
    createdAt: z.string(),
    updatedAt: z.string(),
    version: z.int(),
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.output<typeof ApiKey>;

/** The only answer that holds the key itself. */
export const CreatedApiKey = ApiKey.extend({ key: z.string() }).meta({ id: 'CreatedApiKey' });
export type CreatedApiKey = z.output<typeof CreatedApiKey>;

export const ApiKeyCreate = z
  .strictObject({
    name: text(200, 1),
    kind: Kind,
    project: IdOrKey.default(DEFAULT_PROJECT),
    environment: IdOrKey.default(DEFAULT_ENVIRONMENT),
    expiresAt: Time.nullish(),
  })
  .meta({
    id: 'ApiKeyCreate',
    description: 'A personal key has no project or environment: it acts as the user who makes it.',
  });
export type ApiKeyCreate = z.output<typeof ApiKeyCreate>;

export const ApiKeyPatch = z
  .strictObject({ name: text(200, 1), expiresAt: Time.nullable() })
  .partial()
  .meta({ id: 'ApiKeyPatch' });
export type ApiKeyPatch = z.output<typeof ApiKeyPatch>;

const params = z.strictObject({ id: Uuid });
const base = { tag: 'Api keys', scope: 'project', access: 'authenticated' } as const;

/**
 * Everybody may have personal keys, so these routes ask only for a user; for server and client keys the service asks for
 * `api_key:create | read | update | delete`.
 */
export const listApiKeys = defineRoute({
  ...base,
  id: 'listApiKeys',
  method: 'GET',
  path: '/api/v1/api-keys',
  summary: 'List api keys',
  description: "The caller's personal keys and, with `api_key:read`, the project's server and client keys.",
  query: ListQuery.extend({ kind: Kind.optional(), revoked: z.enum(['true', 'false']).optional() }),
  success: { status: 200, schema: listOf(ApiKey) },
});

export const createApiKey = defineRoute({
  ...base,
  scope: 'none',
  id: 'createApiKey',
  method: 'POST',
  path: '/api/v1/api-keys',
  summary: 'Create an api key',
  description:
    'The answer holds `key`; it is shown this once. Server and client keys need `api_key:create`. Sent again under the same ' +
    '`Idempotency-Key` it makes no second key: 409 `shown_once` names the first one, to be revoked if its answer was lost.',
  body: ApiKeyCreate,
  success: { status: 201, schema: CreatedApiKey },
  idempotent: { shownOnce: 'key' },
});

export const getApiKey = defineRoute({
  ...base,
  id: 'getApiKey',
  method: 'GET',
  path: '/api/v1/api-keys/:id',
  summary: 'Read an api key',
  params,
  success: { status: 200, schema: ApiKey },
});

export const updateApiKey = defineRoute({
  ...base,
  id: 'updateApiKey',
  method: 'PATCH',
  path: '/api/v1/api-keys/:id',
  summary: 'Rename an api key or change its expiry',
  params,
  body: ApiKeyPatch,
  success: { status: 200, schema: ApiKey },
});

export const revokeApiKey = defineRoute({
  ...base,
  id: 'revokeApiKey',
  method: 'DELETE',
  path: '/api/v1/api-keys/:id',
  summary: 'Revoke an api key',
  description: 'It stops working at once and stays in the list as revoked.',
  params,
  success: { status: 204 },
});
