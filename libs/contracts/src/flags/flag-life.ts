import { z } from 'zod';
import { ListQuery, listOf } from '../http/list.js';
import { IdOrKey, Key, Percentage, Time, text } from '../http/primitives.js';
import { defineRoute } from '../http/route.js';
import { Flag, FlagEnvironmentPatch, FlagEnvironmentSettings, FlagPatch, RuleModelFlag } from './flag.js';

const base = { tag: 'Flags' } as const;
const params = z.object({ id: IdOrKey });
const path = '/api/v1/flags/:id';
const inProject = { ...base, scope: 'project', params } as const;
const inEnvironment = { ...base, scope: 'environment', params } as const;

/** The settings of a flag in one environment, and what they compile to. */
export const FlagEnvironment = z
  .object({ environment: z.string(), settings: FlagEnvironmentSettings, document: RuleModelFlag, version: z.int() })
  .meta({ id: 'FlagEnvironment' });
export type FlagEnvironment = z.output<typeof FlagEnvironment>;

export const readFlagEnvironment = defineRoute({
  ...inEnvironment,
  id: 'readFlagEnvironment',
  method: 'GET',
  path: `${path}/environment`,
  summary: 'What a flag has of its own in an environment',
  access: 'feature_flag:read',
  success: { status: 200, schema: FlagEnvironment },
});

export const updateFlagEnvironment = defineRoute({
  ...inEnvironment,
  id: 'updateFlagEnvironment',
  method: 'PATCH',
  path: `${path}/environment`,
  summary: 'Change a flag in one environment',
  description: 'A JSON merge patch of its own settings; null takes one back, so that the flag’s holds again.',
  access: 'feature_flag:update',
  body: FlagEnvironmentPatch,
  success: { status: 200, schema: FlagEnvironment },
});

export const FlagSchedule = z
  .object({
    id: z.uuid(),
    at: z.string(),
    environment: z.string().nullable(),
    change: FlagPatch,
    reason: z.string(),
    status: z.enum(['PENDING', 'APPLIED', 'FAILED', 'CANCELLED']),
    failure: z.string().nullable(),
    ramp: z.uuid().nullable(),
    plannedBy: z.string(),
    createdAt: z.string(),
  })
  .meta({ id: 'FlagSchedule' });
export type FlagSchedule = z.output<typeof FlagSchedule>;

const planned = { environment: Key.nullable().default(null), reason: text(2_000).default('') };

export const createFlagSchedule = defineRoute({
  ...inProject,
  id: 'createFlagSchedule',
  method: 'POST',
  path: `${path}/schedules`,
  summary: 'Plan a change of a flag',
  description:
    'A merge patch that is applied at its time, in the name of who plans it; of one environment, if one is named. A change ' +
    'that does not fit by then fails, and says why.',
  access: 'feature_flag:update',
  body: z.strictObject({ at: Time, change: FlagPatch, ...planned }).meta({ id: 'FlagScheduleCreate' }),
  success: { status: 201, schema: FlagSchedule },
  idempotent: true,
});

export const createFlagRamp = defineRoute({
  ...inProject,
  id: 'createFlagRamp',
  method: 'POST',
  path: `${path}/ramps`,
  summary: 'Plan a progressive rollout',
  description: 'Steps in time and upwards. Who has the flag keeps it: a growing rollout moves nobody.',
  access: 'feature_flag:update',
  body: z
    .strictObject({
      steps: z
        .array(z.strictObject({ at: Time, rolloutPercentage: Percentage }))
        .min(1)
        .max(100),
      ...planned,
    })
    .meta({ id: 'FlagRampCreate' }),
  success: { status: 201, schema: z.object({ ramp: z.uuid(), steps: z.array(FlagSchedule) }) },
  idempotent: true,
});

export const listFlagSchedules = defineRoute({
  ...inProject,
  id: 'listFlagSchedules',
  method: 'GET',
  path: `${path}/schedules`,
  summary: 'Planned changes of a flag, also those that were made',
  description: '`sort` takes at and createdAt; `q` looks into the reason and the name of who planned it.',
  access: 'feature_flag:read',
  query: ListQuery,
  success: { status: 200, schema: listOf(FlagSchedule) },
});

export const cancelFlagSchedule = defineRoute({
  ...base,
  scope: 'project',
  id: 'cancelFlagSchedule',
  method: 'DELETE',
  path: `${path}/schedules/:schedule`,
  summary: 'Cancel a planned change, or a whole ramp',
  description: '`schedule` is the id of the change or of its ramp. What was made stays.',
  access: 'feature_flag:update',
  params: params.extend({ schedule: z.uuid() }),
  success: { status: 204 },
});

export const cloneFlag = defineRoute({
  ...inProject,
  id: 'cloneFlag',
  method: 'POST',
  path: `${path}/clone`,
  summary: 'Make a flag like another one',
  description:
    'Inactive, without its overrides and plans; with a salt of its own, so that its rollout reaches other units.',
  access: 'feature_flag:create',
  body: z.strictObject({ key: Key, name: text(200, 1).optional() }).meta({ id: 'FlagClone' }),
  success: { status: 201, schema: Flag },
  idempotent: true,
});

export const archiveFlag = defineRoute({
  ...inProject,
  id: 'archiveFlag',
  method: 'POST',
  path: `${path}/archive`,
  summary: 'Take a flag out of use',
  description:
    'It is switched off and no longer served: code that still asks gets its default. Its key stays taken. 409 `in_use` names the ' +
    'flags, experiments and segments whose conditions read it.',
  access: 'feature_flag:update',
  success: { status: 200, schema: Flag },
  idempotent: true,
});

export const unarchiveFlag = defineRoute({
  ...inProject,
  id: 'unarchiveFlag',
  method: 'POST',
  path: `${path}/unarchive`,
  summary: 'Bring an archived flag back, switched off',
  access: 'feature_flag:update',
  success: { status: 200, schema: Flag },
  idempotent: true,
});

/** One difference between two versions; a side that has nothing there is absent. */
export const FlagDifference = z
  .object({ path: z.string(), from: z.json().optional(), to: z.json().optional() })
  .meta({ id: 'FlagDifference' });
export type FlagDifference = z.output<typeof FlagDifference>;

const revisionParams = params.extend({ version: z.coerce.number().int().min(1) });

export const compareFlagRevisions = defineRoute({
  ...base,
  scope: 'project',
  id: 'compareFlagRevisions',
  method: 'GET',
  path: `${path}/revisions/:version/diff`,
  summary: 'What changed between two versions of a flag',
  access: 'feature_flag:read',
  params: revisionParams,
  query: z.strictObject({ to: z.coerce.number().int().min(1).optional().meta({ description: 'Default: the latest' }) }),
  success: { status: 200, schema: z.object({ from: z.int(), to: z.int(), differences: z.array(FlagDifference) }) },
});

export const restoreFlagRevision = defineRoute({
  ...base,
  scope: 'project',
  id: 'restoreFlagRevision',
  method: 'POST',
  path: `${path}/revisions/:version/restore`,
  summary: 'Make a flag as it was in an earlier version',
  description: 'A new version with the old settings. Overrides are not settings and stay as they are.',
  access: 'feature_flag:update',
  params: revisionParams,
  body: z.strictObject({ reason: text(2_000).default('') }).meta({ id: 'FlagRestore' }),
  success: { status: 200, schema: Flag },
  idempotent: true,
});

/** How often a flag served which variant; null is the default in the code. */
export const FlagEvaluations = z
  .object({
    flag: z.string(),
    total: z.int(),
    lastEvaluatedAt: z.string().nullable(),
    counts: z.array(
      z.object({ day: z.string(), environment: z.string(), variant: z.string().nullable(), count: z.int() }),
    ),
  })
  .meta({ id: 'FlagEvaluations' });
export type FlagEvaluations = z.output<typeof FlagEvaluations>;

export const readFlagEvaluations = defineRoute({
  ...inProject,
  id: 'readFlagEvaluations',
  method: 'GET',
  path: `${path}/evaluations`,
  summary: 'How often a flag was evaluated, by day, environment and variant',
  description: 'Remote evaluations only; what SDKs decide themselves is not counted.',
  access: 'feature_flag:read',
  query: z.strictObject({ days: z.coerce.number().int().min(1).max(365).default(30) }),
  success: { status: 200, schema: FlagEvaluations },
});

export const flagLifeRoutes = [
  readFlagEnvironment,
  updateFlagEnvironment,
  createFlagSchedule,
  createFlagRamp,
  listFlagSchedules,
  cancelFlagSchedule,
  cloneFlag,
  archiveFlag,
  unarchiveFlag,
  compareFlagRevisions,
  restoreFlagRevision,
  readFlagEvaluations,
];
