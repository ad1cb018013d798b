import { z } from 'zod';
import { defineRoute } from '../http/route.js';
import { ListQuery, listOf } from '../http/list.js';
import { IdOrKey, resettable, text } from '../http/primitives.js';
import { storableObject } from './plain-json.js';

/** No `@`: a user name must never look like somebody's e-mail address, since either one logs in. */
export const Username = z
  .string()
  .min(1)
  .max(100)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    'must start with a letter or digit and hold only letters, digits, ".", "_" and "-"',
  );

export const Email = z.email('must be an e-mail address').max(254);

/** Limits of a password that somebody chooses. */
export const PASSWORD_LENGTH = { min: 10, max: 200 } as const;
export const NewPassword = text(PASSWORD_LENGTH.max, PASSWORD_LENGTH.min);

export const Preferences = storableObject(16_384);

/** Names (or ids) of roles. */
const RoleNames = z.array(IdOrKey).max(50);

const fields = {
  username: Username,
  email: Email,
  fullName: text(200),
  isActive: z.boolean(),
  isSuperuser: z.boolean(),
  preferences: Preferences,
};

/** A user as it is answered: never with anything of its password. `roles` are names. */
export const User = z
  .object({
    id: z.uuid(),
    ...fields,
    lastLogin: z.string().nullable(),
    roles: z.array(z.string()),
    createdAt: z.string(),
    updatedAt: z.string(),
    version: z.int(),
  })
  .meta({ id: 'User' });
export type User = z.output<typeof User>;

export const UserCreate = z
  .strictObject({
    ...fields,
    fullName: fields.fullName.default(''),
    isActive: fields.isActive.default(true),
    isSuperuser: fields.isSuperuser.default(false),
    preferences: fields.preferences.default({}),
    password: NewPassword,
    roles: RoleNames.default([]),
  })
  .meta({ id: 'UserCreate' });
export type UserCreate = z.output<typeof UserCreate>;

/**
 * `preferences` are merged (a null removes), `roles` are replaced, `password` ends the user's sessions. Null puts a field back to
 * its default.
 */
export const UserPatch = z
  .strictObject({
    ...fields,
    fullName: resettable(fields.fullName, ''),
    isActive: resettable(fields.isActive, true),
    isSuperuser: resettable(fields.isSuperuser, false),
    preferences: fields.preferences.nullable(),
    password: NewPassword,
    roles: resettable(RoleNames, []),
  })
  .partial()
  .meta({ id: 'UserPatch' });
export type UserPatch = z.output<typeof UserPatch>;

const base = { tag: 'Users', scope: 'none' } as const;
const params = z.strictObject({ id: IdOrKey.describe('id or user name') });

export const listUsers = defineRoute({
  ...base,
  id: 'listUsers',
  method: 'GET',
  path: '/api/v1/users',
  summary: 'List users',
  access: 'user:read',
  query: ListQuery.extend({ isActive: z.enum(['true', 'false']).optional(), role: IdOrKey.optional() }),
  success: { status: 200, schema: listOf(User) },
});

/** Nothing made of a password may lie in a table of requests. */
export const createUser = defineRoute({
  ...base,
  id: 'createUser',
  method: 'POST',
  path: '/api/v1/users',
  summary: 'Create a user',
  description:
    'Nobody can hand out more than they hold: superusers are made by superusers, roles by who has their permissions. ' +
    'Under the same `Idempotency-Key` the first answer comes again; whether the password was another one is not looked at.',
  access: 'user:create',
  body: UserCreate,
  success: { status: 201, schema: User },
  idempotent: { without: ['password'] },
});

export const getUser = defineRoute({
  ...base,
  id: 'getUser',
  method: 'GET',
  path: '/api/v1/users/:id',
  summary: 'Read a user',
  access: 'user:read',
  params,
  success: { status: 200, schema: User },
});

export const updateUser = defineRoute({
  ...base,
  id: 'updateUser',
  method: 'PATCH',
  path: '/api/v1/users/:id',
  summary: 'Change a user',
  description: 'JSON merge patch. The last active superuser stays one, and nobody can deactivate themselves (409).',
  access: 'user:update',
  params,
  body: UserPatch,
  success: { status: 200, schema: User },
});

export const deleteUser = defineRoute({
  ...base,
  id: 'deleteUser',
  method: 'DELETE',
  path: '/api/v1/users/:id',
  summary: 'Delete a user',
  description:
    'Refused (409) for oneself, for the last superuser and for owners of experiments or flags: deactivate those.',
  access: 'user:delete',
  params,
  success: { status: 204 },
});
