import { PERMISSIONS, type Page, type PermissionEntry, type Role } from '@assay/contracts';
import type { Answer } from '@assay/testing';
import { startIdentity, type IdentityApp } from '../testing/identity-app.js';

let app: IdentityApp;
let admin: string;

beforeAll(async () => {
  app = await startIdentity();
  admin = await app.login();
});
afterAll(() => app.close());

const PASSWORD = 'a good password';
const asAdmin = <T = Role>(method: string, path: string, body?: unknown, headers = {}): Promise<Answer<T>> =>
  app.call<T>(method, path, { as: admin, body, headers });

describe('a role', () => {
  it('is made, read, changed and deleted', async () => {
    const made = await asAdmin('POST', '/roles', { name: 'ops', permissions: ['event:replay', 'event:read'] });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      name: 'ops',
      description: '',
      permissions: ['event:read', 'event:replay'],
      builtIn: false,
      version: 1,
    });
    expect((await asAdmin('GET', '/roles/ops')).body).toEqual(made.body);
    expect((await asAdmin('GET', `/roles/${made.body.id}`)).body).toEqual(made.body);

    const changed = await asAdmin('PATCH', '/roles/ops', { permissions: ['event:read'] }, { 'if-match': '"1"' });
    expect([changed.status, changed.body.permissions, changed.body.version]).toEqual([200, ['event:read'], 2]);
    expect((await asAdmin('PATCH', '/roles/ops', { name: 'operations' }, { 'if-match': '"1"' })).status).toBe(412);
    const renamed = await asAdmin('PATCH', '/roles/ops', { name: 'operations', description: 'Watches events' });
    expect(renamed.body).toMatchObject({ name: 'operations', permissions: ['event:read'], version: 3 });

    expect((await asAdmin('DELETE', '/roles/operations')).status).toBe(204);
    expect((await asAdmin('GET', '/roles/operations')).status).toBe(404);
  });

  it('that is built in refuses every change', async () => {
    for (const name of ['admin', 'editor', 'analyst', 'viewer']) {
      const before = (await asAdmin('GET', `/roles/${name}`)).body;
      expect(before.builtIn).toBe(true);
      const change = await asAdmin<unknown>('PATCH', `/roles/${name}`, { permissions: [] });
      expect([change.status, change.body]).toEqual([409, expect.objectContaining({ code: 'conflict' })]);
      expect((await asAdmin('DELETE', `/roles/${name}`)).status).toBe(409);
      expect((await asAdmin('GET', `/roles/${name}`)).body).toEqual(before);
    }
  });

  it('has a name of its own', async () => {
    const { status, body } = await asAdmin<unknown>('POST', '/roles', { name: 'viewer' });
    expect([status, body]).toEqual([
      409,
      expect.objectContaining({ errors: [expect.objectContaining({ path: 'name' })] }),
    ]);
  });

  it('knows only permissions that exist', async () => {
    const body = { name: 'pilot', permissions: ['experiment:read', 'experiment:fly'] };
    const refused = await asAdmin<unknown>('POST', '/roles', body);
    expect([refused.status, refused.body]).toEqual([
      400,
      expect.objectContaining({ errors: [expect.objectContaining({ path: 'permissions[1]' })] }),
    ]);
  });

  it('cannot be taken away under those who have it', async () => {
    await asAdmin('POST', '/roles', { name: 'worn', permissions: ['result:read'] });
    const user = { username: 'wearer', email: 'wearer@example.com', password: PASSWORD, roles: ['worn'] };
    await asAdmin('POST', '/users', user);
    expect((await asAdmin('DELETE', '/roles/worn')).status).toBe(409);
    await asAdmin('PATCH', '/users/wearer', { roles: [] });
    expect((await asAdmin('DELETE', '/roles/worn')).status).toBe(204);
  });

  it('changes what its users may do at once', async () => {
    await asAdmin('POST', '/roles', { name: 'shifting', permissions: [] });
    const user = { username: 'shifty', email: 'shifty@example.com', password: PASSWORD, roles: ['shifting'] };
    await asAdmin('POST', '/users', user);
    const as = await app.login('shifty', PASSWORD);
    expect((await app.call('GET', '/roles', { as })).status).toBe(403);
    await asAdmin('PATCH', '/roles/shifting', { permissions: ['role:read'] });
    expect((await app.call('GET', '/roles', { as })).status).toBe(200);
  });

  it('holds no more than its maker', async () => {
    await asAdmin('POST', '/roles', { name: 'maker', permissions: ['role:create', 'role:update', 'role:read'] });
    const user = { username: 'maker', email: 'maker@example.com', password: PASSWORD, roles: ['maker'] };
    await asAdmin('POST', '/users', user);
    const as = await app.login('maker', PASSWORD);
    const grab = { body: { permissions: [...PERMISSIONS] }, as };
    expect(
      (await app.call('POST', '/roles', { as, body: { name: 'crown', permissions: ['user:update'] } })).status,
    ).toBe(403);
    expect((await app.call('PATCH', '/roles/maker', grab)).status).toBe(403);
    expect(
      (await app.call('POST', '/roles', { as, body: { name: 'modest', permissions: ['role:read'] } })).status,
    ).toBe(201);
  });
});

describe('roles and permissions', () => {
  it('are listed page by page', async () => {
    const first = await asAdmin<Page<PermissionEntry>>('GET', '/permissions?limit=20');
    expect(first.body.total).toBe(PERMISSIONS.length);
    const rest = await asAdmin<Page<PermissionEntry>>('GET', `/permissions?limit=200&cursor=${first.body.nextCursor}`);
    const names = [...first.body.items, ...rest.body.items].map(({ name }) => name);
    expect(names).toEqual([...PERMISSIONS].sort());
    expect(first.body.items[0]).toEqual({
      id: expect.any(String) as string,
      name: 'api_key:create',
      resource: 'api_key',
      action: 'create',
    });
    const roles = await asAdmin<Page<Role>>('GET', '/roles?q=edit&sort=name');
    expect(roles.body.items.map(({ name }) => name)).toEqual(['editor']);
  });
});
