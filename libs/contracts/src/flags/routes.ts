import { z } from 'zod';
import { ListQuery, listOf } from '../http/list.js';
import { IdOrKey, text } from '../http/primitives.js';
import { defineRoute } from '../http/route.js';
import {
  FLAG_STATUSES,
  FLAG_TYPES,
  Flag,
  FlagCreate,
  FlagDefinitionAnswer,
  FlagPatch,
  FlagRevision,
  RuleModelFlag,
} from './flag.js';
import { flagLifeRoutes } from './flag-life.js';
import { FlagOverride, FlagOverrideCreate, FlagOverridePatch } from './override.js';
import { listRoutes } from './list-routes.js';
import { segmentRoutes } from './segment-routes.js';

const base = { tag: 'Flags', scope: 'project' } as const;
const params = z.object({ id: IdOrKey });
const overrideParams = params.extend({
  override: z.string().min(1).max(256).meta({ description: 'Id of the override, or its user' }),
});

export const listFlags = defineRoute({
  ...base,
  id: 'listFlags',
  method: 'GET',
  path: '/api/v1/flags',
  summary: 'List flags',
  description:
    'Newest first. `sort` takes createdAt, updatedAt, name, key and status; `q` looks into key, name and description.',
  access: 'feature_flag:read',
  query: ListQuery.extend({
    status: z.enum(FLAG_STATUSES).optional(),
    type: z.enum(FLAG_TYPES).optional(),
    tag: text(50, 1).optional(),
    owner: text(200, 1).optional().meta({ description: 'Id or user name' }),
    clientSide: z.enum(['true', 'false']).optional(),
    stale: z.enum(['true', 'false']).optional(),
    archived: z.enum(['true', 'false']).default('false'),
  }),
  success: { status: 200, schema: listOf(Flag) },
});

export const createFlag = defineRoute({
  ...base,
  id: 'createFlag',
  method: 'POST',
  path: '/api/v1/flags',
  summary: 'Create a flag',
  description:
    'The key is unique in its project across experiments and flags. Evaluation goes in this order: INACTIVE serves ' +
    '`offVariant` (null: the default in the code), then an override of the user, then `targetingRules`, then ' +
    '`rolloutPercentage` of the units get the flag: `variants` by weight (weights add up to 100; all 0 means `defaultVariant`), ' +
    'or `true` for a boolean flag without variants, which has the variants `on` and `off`. The others get `offVariant` ' +
    '(`false` for a boolean flag without one). The unit is the attribute `userId`.',
  access: 'feature_flag:create',
  body: FlagCreate,
  success: { status: 201, schema: Flag },
  idempotent: true,
});

export const readFlag = defineRoute({
  ...base,
  id: 'readFlag',
  method: 'GET',
  path: '/api/v1/flags/:id',
  summary: 'Read a flag',
  access: 'feature_flag:read',
  params,
  success: { status: 200, schema: Flag },
});

export const updateFlag = defineRoute({
  ...base,
  id: 'updateFlag',
  method: 'PATCH',
  path: '/api/v1/flags/:id',
  summary: 'Change a flag',
  description:
    'A JSON merge patch. The result is checked like a new flag. Of a flag with an expert definition, `status` switches that ' +
    'definition on and off; a change of what the simple fields compile to replaces it.',
  access: 'feature_flag:update',
  params,
  body: FlagPatch,
  success: { status: 200, schema: Flag },
});

export const deleteFlag = defineRoute({
  ...base,
  id: 'deleteFlag',
  method: 'DELETE',
  path: '/api/v1/flags/:id',
  summary: 'Delete a flag',
  description:
    'Its key is free again. Whoever still asks for it gets FLAG_NOT_FOUND, and so the default in the code. 409 `in_use` names the ' +
    'flags, experiments and segments whose conditions read it.',
  access: 'feature_flag:delete',
  params,
  success: { status: 204 },
});

export const readFlagDefinition = defineRoute({
  ...base,
  id: 'readFlagDefinition',
  method: 'GET',
  path: '/api/v1/flags/:id/definition',
  summary: 'Read the compiled document of a flag',
  access: 'feature_flag:read',
  params,
  success: { status: 200, schema: FlagDefinitionAnswer },
});

export const replaceFlagDefinition = defineRoute({
  ...base,
  id: 'replaceFlagDefinition',
  method: 'PUT',
  path: '/api/v1/flags/:id/definition',
  summary: 'Write the document of a flag by hand',
  description:
    'A `Flag` of the rule model. It wins over the simple fields until those are edited; overrides stay in front of its rules. ' +
    '`key` may be left out. `type` and `on` become the flag’s type and status. A key that no flag has makes the flag, for whom ' +
    'may also create flags: its name is its key, and the answer is 201. Ranges of hash profiles other than `native` may reach to 2 ' +
    '(open-ended arms, inclusive bounds). A `sticky` split stores its arms as assignments of the experiment it names; one that ' +
    'names none is accepted, and `warnings` say so.',
  access: 'feature_flag:update',
  params,
  body: RuleModelFlag,
  success: { status: 200, created: 201, schema: FlagDefinitionAnswer },
});

export const listFlagRevisions = defineRoute({
  ...base,
  id: 'listFlagRevisions',
  method: 'GET',
  path: '/api/v1/flags/:id/revisions',
  summary: 'List every version of a flag, newest first',
  description: '`sort` takes version and createdAt; `q` looks into what kind of change it was and its reason.',
  access: 'feature_flag:read',
  params,
  query: ListQuery,
  success: { status: 200, schema: listOf(FlagRevision) },
});

export const listFlagOverrides = defineRoute({
  ...base,
  id: 'listFlagOverrides',
  method: 'GET',
  path: '/api/v1/flags/:id/overrides',
  summary: 'List the overrides of a flag, expired ones included',
  access: 'feature_flag:read',
  params,
  query: ListQuery.extend({ userId: text(256, 1).optional() }),
  success: { status: 200, schema: listOf(FlagOverride) },
});

export const createFlagOverride = defineRoute({
  ...base,
  id: 'createFlagOverride',
  method: 'POST',
  path: '/api/v1/flags/:id/overrides',
  summary: 'Override the value of a flag for one user',
  description:
    'Makes a new version of the flag. One override per user: another one is 409, unless the first has expired; then it takes its place.',
  access: 'feature_flag:update',
  params,
  body: FlagOverrideCreate,
  success: { status: 201, schema: FlagOverride },
  idempotent: true,
});

export const readFlagOverride = defineRoute({
  ...base,
  id: 'readFlagOverride',
  method: 'GET',
  path: '/api/v1/flags/:id/overrides/:override',
  summary: 'Read an override',
  access: 'feature_flag:read',
  params: overrideParams,
  success: { status: 200, schema: FlagOverride },
});

export const updateFlagOverride = defineRoute({
  ...base,
  id: 'updateFlagOverride',
  method: 'PATCH',
  path: '/api/v1/flags/:id/overrides/:override',
  summary: 'Change an override',
  description: '`value` is replaced as a whole. `If-Match` is the version of the flag.',
  access: 'feature_flag:update',
  params: overrideParams,
  body: FlagOverridePatch,
  success: { status: 200, schema: FlagOverride },
});

export const deleteFlagOverride = defineRoute({
  ...base,
  id: 'deleteFlagOverride',
  method: 'DELETE',
  path: '/api/v1/flags/:id/overrides/:override',
  summary: 'Remove an override',
  description: '`If-Match` is the version of the flag.',
  access: 'feature_flag:update',
  params: overrideParams,
  success: { status: 204 },
});

/** What the flags service answers. */
export const flagRoutes = [
  listFlags,
  createFlag,
  readFlag,
  updateFlag,
  deleteFlag,
  readFlagDefinition,
  replaceFlagDefinition,
  listFlagRevisions,
  listFlagOverrides,
  createFlagOverride,
  readFlagOverride,
  updateFlagOverride,
  deleteFlagOverride,
  ...flagLifeRoutes,
  ...segmentRoutes,
  ...listRoutes,
];
