import { z } from 'zod';
import { ListQuery, listOf } from '../http/list.js';
import { PERMISSIONS } from '../http/permission.js';
import { IdOrKey, Key, resettable, text } from '../http/primitives.js';
import { defineRoute } from '../http/route.js';

/** Roles that every installation has and nobody can change. */
export const BUILT_IN_ROLES = ['admin', 'editor', 'analyst', 'viewer'] as const;
export type BuiltInRole = (typeof BUILT_IN_ROLES)[number];

const fields = {
  name: Key,
  description: text(2_000),
  permissions: z.array(z.enum(PERMISSIONS)).max(PERMISSIONS.length),
};

export const Role = z
  .object({
    id: z.uuid(),
    ...fields,
    builtIn: z.boolean(),
    createdAt: z.string(),
    updatedAt: z.string(),
    version: z.int(),
  })
  .meta({ id: 'Role' });
export type Role = z.output<typeof Role>;

export const RoleCreate = z
  .strictObject({ ...fields, description: fields.description.default(''), permissions: fields.permissions.default([]) })
  .meta({ id: 'RoleCreate' });
export type RoleCreate = z.output<typeof RoleCreate>;

export const RolePatch = z
  .strictObject({
    ...fields,
    description: resettable(fields.description, ''),
    permissions: resettable(fields.permissions, []),
  })
  .partial()
  .meta({ id: 'RolePatch' });
export type RolePatch = z.output<typeof RolePatch>;

/** A permission as it is listed. */
export const PermissionEntry = z
  .object({ id: z.uuid(), name: z.string(), resource: z.string(), action: z.string() })
  .meta({ id: 'Permission' });
export type PermissionEntry = z.output<typeof PermissionEntry>;

const base = { tag: 'Roles', scope: 'none' } as const;
const params = z.strictObject({ id: IdOrKey.describe('id or name') });

export const listRoles = defineRoute({
  ...base,
  id: 'listRoles',
  method: 'GET',
  path: '/api/v1/roles',
  summary: 'List roles',
  access: 'role:read',
  query: ListQuery,
  success: { status: 200, schema: listOf(Role) },
});

export const createRole = defineRoute({
  ...base,
  id: 'createRole',
  method: 'POST',
  path: '/api/v1/roles',
  summary: 'Create a role',
  description: 'Only with permissions that the caller holds.',
  access: 'role:create',
  body: RoleCreate,
  success: { status: 201, schema: Role },
  idempotent: true,
});

export const getRole = defineRoute({
  ...base,
  id: 'getRole',
  method: 'GET',
  path: '/api/v1/roles/:id',
  summary: 'Read a role',
  access: 'role:read',
  params,
  success: { status: 200, schema: Role },
});

export const updateRole = defineRoute({
  ...base,
  id: 'updateRole',
  method: 'PATCH',
  path: '/api/v1/roles/:id',
  summary: 'Change a role',
  description: 'JSON merge patch; `permissions` are replaced as a whole. Built-in roles refuse (409).',
  access: 'role:update',
  params,
  body: RolePatch,
  success: { status: 200, schema: Role },
});

export const deleteRole = defineRoute({
  ...base,
  id: 'deleteRole',
  method: 'DELETE',
  path: '/api/v1/roles/:id',
  summary: 'Delete a role',
  description: 'Built-in roles and roles that users still have refuse (409).',
  access: 'role:delete',
  params,
  success: { status: 204 },
});

export const listPermissions = defineRoute({
  ...base,
  id: 'listPermissions',
  method: 'GET',
  path: '/api/v1/permissions',
  summary: 'List the permissions there are',
  access: 'permission:read',
  query: ListQuery,
  success: { status: 200, schema: listOf(PermissionEntry) },
});
