import { z } from 'zod';
import { ListQuery, listOf } from '../http/list.js';
import { IdOrKey, Key, resettable, text } from '../http/primitives.js';
import { defineRoute } from '../http/route.js';

/** Where a call acts when it names no project or environment. */
export const DEFAULT_PROJECT = 'default';
export const DEFAULT_ENVIRONMENT = 'production';
/** What a new project starts with. */
export const FIRST_ENVIRONMENTS = [DEFAULT_ENVIRONMENT, 'development'] as const;

const Position = z.int().min(0).max(1_000);

/** `version` is the project's: an environment is changed as a part of its project. */
export const Environment = z
  .object({
    id: z.uuid(),
    key: Key,
    name: z.string(),
    position: Position,
    createdAt: z.string(),
    updatedAt: z.string(),
    version: z.int(),
  })
  .meta({ id: 'Environment' });
export type Environment = z.output<typeof Environment>;

export const EnvironmentCreate = z
  .strictObject({ key: Key, name: text(200, 1).optional(), position: Position.optional() })
  .meta({ id: 'EnvironmentCreate' });
export type EnvironmentCreate = z.output<typeof EnvironmentCreate>;

export const EnvironmentPatch = z
  .strictObject({ name: text(200, 1), position: Position })
  .partial()
  .meta({ id: 'EnvironmentPatch' });
export type EnvironmentPatch = z.output<typeof EnvironmentPatch>;

export const Project = z
  .object({
    id: z.uuid(),
    key: Key,
    name: z.string(),
    description: z.string(),
    environments: z.array(Environment),
    createdAt: z.string(),
    updatedAt: z.string(),
    version: z.int(),
  })
  .meta({ id: 'Project' });
export type Project = z.output<typeof Project>;

export const ProjectCreate = z
  .strictObject({ key: Key, name: text(200, 1).optional(), description: text(2_000).default('') })
  .meta({ id: 'ProjectCreate' });
export type ProjectCreate = z.output<typeof ProjectCreate>;

export const ProjectPatch = z
  .strictObject({ name: text(200, 1), description: resettable(text(2_000), '') })
  .partial()
  .meta({ id: 'ProjectPatch' });
export type ProjectPatch = z.output<typeof ProjectPatch>;

const base = { tag: 'Projects', scope: 'none' } as const;
const params = z.strictObject({ id: IdOrKey.describe('id or key of the project') });

export const listProjects = defineRoute({
  ...base,
  id: 'listProjects',
  method: 'GET',
  path: '/api/v1/projects',
  summary: 'List projects',
  access: 'project:read',
  query: ListQuery,
  success: { status: 200, schema: listOf(Project) },
});

export const createProject = defineRoute({
  ...base,
  id: 'createProject',
  method: 'POST',
  path: '/api/v1/projects',
  summary: 'Create a project',
  description: 'It starts with the environments `production` and `development`.',
  access: 'project:create',
  body: ProjectCreate,
  success: { status: 201, schema: Project },
  idempotent: true,
});

export const getProject = defineRoute({
  ...base,
  id: 'getProject',
  method: 'GET',
  path: '/api/v1/projects/:id',
  summary: 'Read a project',
  access: 'project:read',
  params,
  success: { status: 200, schema: Project },
});

export const updateProject = defineRoute({
  ...base,
  id: 'updateProject',
  method: 'PATCH',
  path: '/api/v1/projects/:id',
  summary: 'Change a project',
  description: 'JSON merge patch. The key stays: programs refer to it.',
  access: 'project:update',
  params,
  body: ProjectPatch,
  success: { status: 200, schema: Project },
});

export const deleteProject = defineRoute({
  ...base,
  id: 'deleteProject',
  method: 'DELETE',
  path: '/api/v1/projects/:id',
  summary: 'Delete a project',
  description:
    'With its environments and api keys. The project `default` and projects that still hold experiments or flags refuse (409).',
  access: 'project:delete',
  params,
  success: { status: 204 },
});

const environmentParams = params.extend({ environment: IdOrKey.describe('id or key of the environment') });

export const listEnvironments = defineRoute({
  ...base,
  id: 'listEnvironments',
  method: 'GET',
  path: '/api/v1/projects/:id/environments',
  summary: "List a project's environments",
  access: 'project:read',
  params,
  query: ListQuery,
  success: { status: 200, schema: listOf(Environment) },
});

export const createEnvironment = defineRoute({
  ...base,
  id: 'createEnvironment',
  method: 'POST',
  path: '/api/v1/projects/:id/environments',
  summary: 'Add an environment',
  access: 'project:update',
  params,
  body: EnvironmentCreate,
  success: { status: 201, schema: Environment },
  idempotent: true,
});

export const getEnvironment = defineRoute({
  ...base,
  id: 'getEnvironment',
  method: 'GET',
  path: '/api/v1/projects/:id/environments/:environment',
  summary: 'Read an environment',
  access: 'project:read',
  params: environmentParams,
  success: { status: 200, schema: Environment },
});

export const updateEnvironment = defineRoute({
  ...base,
  id: 'updateEnvironment',
  method: 'PATCH',
  path: '/api/v1/projects/:id/environments/:environment',
  summary: 'Change an environment',
  description: 'JSON merge patch. The key stays.',
  access: 'project:update',
  params: environmentParams,
  body: EnvironmentPatch,
  success: { status: 200, schema: Environment },
});

export const deleteEnvironment = defineRoute({
  ...base,
  id: 'deleteEnvironment',
  method: 'DELETE',
  path: '/api/v1/projects/:id/environments/:environment',
  summary: 'Delete an environment',
  description: 'With its api keys. `production` and environments that experiments or flags still use refuse (409).',
  access: 'project:update',
  params: environmentParams,
  success: { status: 204 },
});
