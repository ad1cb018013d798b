import { z } from 'zod';
import { AppError } from '../errors/app-error.js';
import { parseOrThrow } from '../errors/parse.js';
import { ApiKeyCreate } from './api-keys.js';
import { MePatch } from './auth.js';
import { ProjectPatch } from './projects.js';
import { RoleCreate, RolePatch } from './roles.js';
import { identityRoutes } from './routes.js';
import { UserCreate, UserPatch } from './users.js';

function complaints(schema: z.ZodType, value: unknown): string[] {
  try {
    parseOrThrow(schema, value);
  } catch (error) {
    if (error instanceof AppError) return error.errors.map(({ path }) => path);
    throw error;
  }
  return [];
}

const ada = { username: 'ada', email: 'ada@example.com', password: 'ten letters' };

describe('identityRoutes', () => {
  it('has one id and one method and path for each call', () => {
    expect(new Set(identityRoutes.map(({ id }) => id)).size).toBe(identityRoutes.length);
    expect(new Set(identityRoutes.map(({ method, path }) => `${method} ${path}`)).size).toBe(identityRoutes.length);
  });

  it('declares every path parameter', () => {
    for (const { path, params } of identityRoutes) {
      const named = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name);
      expect(Object.keys(params?.shape ?? {}).sort()).toEqual(named.sort());
    }
  });

  it('lets only the three calls of a session in without a login', () => {
    expect(identityRoutes.filter(({ access }) => access === 'public').map(({ id }) => id)).toEqual([
      'logIn',
      'refreshTokens',
      'logOut',
    ]);
  });

  it('can be described in JSON Schema', () => {
    const schemas = identityRoutes
      .flatMap(({ body, success }) => [body, success.schema])
      .filter((it) => it !== undefined);
    for (const schema of schemas) {
      const { $defs, ...root } = z.toJSONSchema(schema, { io: 'input' });
      const named = Object.values($defs ?? {}).map(({ type }) => type);
      expect([root.type, ...named]).toContain('object');
    }
  });
});

describe('bodies', () => {
  it('name each field that is wrong or not known', () => {
    expect(complaints(UserCreate, { ...ada, email: 'ada', password: 'short', shoeSize: 42 })).toEqual([
      'email',
      'password',
      'shoeSize',
    ]);
    expect(complaints(RoleCreate, { name: 'r', permissions: ['experiment:read', 'experiment:fly'] })).toEqual([
      'permissions[1]',
    ]);
    expect(complaints(ApiKeyCreate, { name: 'k', kind: 'root', expiresAt: 'tomorrow' })).toEqual(['kind', 'expiresAt']);
  });

  it('put a field back to its default with null, where it has one', () => {
    expect(UserPatch.parse({ fullName: null, roles: null, isActive: null, preferences: null })).toEqual({
      fullName: '',
      roles: [],
      isActive: true,
      preferences: null,
    });
    expect(RolePatch.parse({ description: null })).toEqual({ description: '' });
    expect(ProjectPatch.parse({ description: null })).toEqual({ description: '' });
    expect(UserPatch.parse({})).toEqual({});
    expect(complaints(UserPatch, { email: null })).toEqual(['email']);
  });

  it('refuse a user name that could be taken for an e-mail address', () => {
    expect(complaints(UserPatch, { username: 'ada@example.com' })).toEqual(['username']);
  });

  it('refuse what PostgreSQL cannot store, and only that', () => {
    expect(complaints(MePatch, { preferences: { note: 'a\u0000b' } })).toEqual(['preferences']);
    expect(complaints(MePatch, { preferences: { note: 'a\\u0000b', deep: [{ x: null }] } })).toEqual([]);
    expect(complaints(MePatch, { preferences: { note: 'x'.repeat(20_000) } })).toEqual(['preferences']);
  });

  it('let nobody change roles or rights through their own profile', () => {
    expect(complaints(MePatch, { isSuperuser: true, roles: ['admin'] }).sort()).toEqual(['isSuperuser', 'roles']);
  });
});
