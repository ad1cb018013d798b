import { z } from 'zod';
import { PERMISSIONS } from '../http/permission.js';
import { text } from '../http/primitives.js';
import { defineRoute } from '../http/route.js';
import { NewPassword, User, UserPatch } from './users.js';

export const Login = z
  .strictObject({ username: text(254, 1).describe('user name or e-mail address'), password: text(200, 1) })
  .meta({ id: 'Login' });
export type Login = z.output<typeof Login>;

/** `expiresIn`: seconds the access token lives. The refresh token is good for one use. */
export const Tokens = z
  .object({ accessToken: z.string(), tokenType: z.literal('Bearer'), expiresIn: z.int(), refreshToken: z.string() })
  .meta({ id: 'Tokens' });
export type Tokens = z.output<typeof Tokens>;

export const RefreshToken = z.strictObject({ refreshToken: text(200, 1) }).meta({ id: 'RefreshToken' });

/** The user that is logged in, with what its roles allow (a superuser: everything). */
export const Me = User.extend({ permissions: z.array(z.enum(PERMISSIONS)) }).meta({ id: 'Me' });
export type Me = z.output<typeof Me>;

export const MePatch = UserPatch.pick({ email: true, fullName: true, preferences: true }).meta({ id: 'MePatch' });
export type MePatch = z.output<typeof MePatch>;

export const PasswordChange = z
  .strictObject({ currentPassword: text(200, 1), newPassword: NewPassword })
  .meta({ id: 'PasswordChange' });
export type PasswordChange = z.output<typeof PasswordChange>;

const base = { tag: 'Authentication', scope: 'none' } as const;

export const logIn = defineRoute({
  ...base,
  id: 'logIn',
  method: 'POST',
  path: '/api/v1/auth/login',
  summary: 'Log in',
  description:
    'One answer (401) for an unknown user, a wrong password and an inactive user. Repeated failures: 429 with `Retry-After`.',
  access: 'public',
  body: Login,
  success: { status: 200, schema: Tokens },
});

export const refreshTokens = defineRoute({
  ...base,
  id: 'refreshTokens',
  method: 'POST',
  path: '/api/v1/auth/refresh',
  summary: 'Trade a refresh token for new tokens',
  description: 'A refresh token works once. One that comes a second time was stolen: the whole session ends.',
  access: 'public',
  body: RefreshToken,
  success: { status: 200, schema: Tokens },
});

export const logOut = defineRoute({
  ...base,
  id: 'logOut',
  method: 'POST',
  path: '/api/v1/auth/logout',
  summary: 'End a session',
  description:
    'Ends the session of this refresh token, its access tokens included. A token that is not known answers the same.',
  access: 'public',
  body: RefreshToken,
  success: { status: 204 },
});

export const getMe = defineRoute({
  ...base,
  id: 'getMe',
  method: 'GET',
  path: '/api/v1/auth/me',
  summary: 'Who am I',
  access: 'authenticated',
  success: { status: 200, schema: Me },
});

export const updateMe = defineRoute({
  ...base,
  id: 'updateMe',
  method: 'PATCH',
  path: '/api/v1/auth/me',
  summary: 'Change my profile and preferences',
  description: 'JSON merge patch: a null inside `preferences` removes that entry.',
  access: 'authenticated',
  body: MePatch,
  success: { status: 200, schema: Me },
});

export const changePassword = defineRoute({
  ...base,
  id: 'changePassword',
  method: 'POST',
  path: '/api/v1/auth/password',
  summary: 'Change my password',
  description: 'Ends every other session of the user.',
  access: 'authenticated',
  body: PasswordChange,
  success: { status: 204 },
});
