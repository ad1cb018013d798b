import type { Page, Problem, User } from '@assay/contracts';
import { POOL } from '@assay/platform';
import type { Answer, Question } from '@assay/testing';
import type pg from 'pg';
import { startIdentity, type IdentityApp } from '../testing/identity-app.js';

let app: IdentityApp;
let admin: string;

beforeAll(async () => {
  app = await startIdentity();
  admin = await app.login();
});
afterAll(() => app.close());

const PASSWORD = 'a good password';
let count = 0;

const as = <T = User>(token: string, method: string, path: string, request: Question = {}): Promise<Answer<T>> =>
  app.call<T>(method, path, { ...request, as: token });
const asAdmin = <T = User>(method: string, path: string, body?: unknown, headers = {}): Promise<Answer<T>> =>
  as<T>(admin, method, path, { body, headers });

async function newUser(fields: object = {}): Promise<User> {
  count += 1;
  const username = `person-${count}`;
  const body = { username, email: `${username}@example.com`, password: PASSWORD, ...fields };
  const made = await asAdmin('POST', '/users', body);
  expect([made.status, made.body]).toEqual([201, expect.objectContaining({ username: made.body.username })]);
  return made.body;
}

async function loginWith(permissions: string[]): Promise<{ user: User; token: string }> {
  count += 1;
  const role = `role-${count}`;
  expect((await asAdmin('POST', '/roles', { name: role, permissions })).status).toBe(201);
  const user = await newUser({ roles: [role] });
  return { user, token: await app.login(user.username, PASSWORD) };
}

describe('a user', () => {
  it('is made once for one Idempotency-Key, and nothing of its password is kept', async () => {
    const body = { username: 'sent-twice', email: 'twice@example.com', password: PASSWORD };
    const headers = { 'idempotency-key': 'sent-twice' };
    const first = await asAdmin('POST', '/users', body, headers);
    const again = await asAdmin('POST', '/users', body, headers);
    expect([first.status, again.status, again.body]).toEqual([201, 201, first.body]);
    const other = await asAdmin<Problem>('POST', '/users', { ...body, fullName: 'Other' }, headers);
    expect([other.status, other.body.code]).toEqual([409, 'idempotency_conflict']);
    const kept = await app.nest.get<pg.Pool>(POOL).query('select * from experimentation.idempotency_keys');
    expect(JSON.stringify(kept.rows)).not.toContain(PASSWORD);
  });

  it('is made, read by id and name, changed and deleted', async () => {
    const user = await newUser({ fullName: 'Ada Lovelace', roles: ['viewer', 'analyst'] });
    expect(user).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/) as string,
      username: user.username,
      email: `${user.username}@example.com`,
      fullName: 'Ada Lovelace',
      isActive: true,
      isSuperuser: false,
      lastLogin: null,
      preferences: {},
      roles: ['analyst', 'viewer'],
      createdAt: expect.any(String) as string,
      updatedAt: expect.any(String) as string,
      version: 1,
    });
    expect((await asAdmin('GET', `/users/${user.id}`)).body).toEqual(user);
    expect((await asAdmin('GET', `/users/${user.username.toUpperCase()}`)).body).toEqual(user);

    const changed = await asAdmin('PATCH', `/users/${user.id}`, { fullName: 'Countess', roles: ['editor'] });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ fullName: 'Countess', roles: ['editor'], version: 2, email: user.email });
    await asAdmin('PATCH', `/users/${user.id}`, { preferences: { theme: 'dark' } });
    const reset = await asAdmin('PATCH', `/users/${user.id}`, { fullName: null, roles: null, preferences: null });
    expect(reset.body).toMatchObject({ fullName: '', roles: [], preferences: {}, email: user.email });

    const gone = await asAdmin('DELETE', `/users/${user.id}`);
    expect([gone.status, gone.body]).toEqual([204, undefined]);
    expect((await asAdmin('GET', `/users/${user.id}`)).status).toBe(404);
  });

  it('has a name and an e-mail address that nobody else has, whatever the case', async () => {
    const user = await newUser();
    const other = { username: 'somebody-else', email: 'else@example.com', password: PASSWORD };
    for (const [field, value] of [
      ['username', user.username.toUpperCase()],
      ['email', user.email.toUpperCase()],
    ] as const) {
      const { status, body } = await asAdmin<unknown>('POST', '/users', { ...other, [field]: value });
      expect([status, body]).toEqual([409, expect.objectContaining({ code: 'conflict' })]);
      expect(body).toMatchObject({ errors: [{ path: field }] });
      const second = await newUser();
      const patched = await asAdmin<unknown>('PATCH', `/users/${second.id}`, { [field]: value });
      expect([patched.status, patched.body]).toEqual([409, expect.objectContaining({ code: 'conflict' })]);
    }
    expect((await asAdmin('GET', '/users/somebody-else')).status).toBe(404);
  });

  it('is refused with the path of each fault, and nothing is stored', async () => {
    const { status, body } = await asAdmin<unknown>('POST', '/users', {
      username: 'half-made',
      email: 'not-an-address',
      password: 'short',
      isActive: 'yes',
      admin: true,
    });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      code: 'validation_failed',
      errors: [{ path: 'email' }, { path: 'isActive' }, { path: 'password' }, { path: 'admin' }],
    });
    const unknownRole = {
      username: 'half-made',
      email: 'half@example.com',
      password: PASSWORD,
      roles: ['viewer', 'king'],
    };
    expect((await asAdmin<unknown>('POST', '/users', unknownRole)).body).toMatchObject({
      errors: [{ path: 'roles[1]' }],
    });
    const obvious = { username: 'half-made-up', email: 'half@example.com', password: 'Half-Made-Up' };
    expect((await asAdmin<unknown>('POST', '/users', obvious)).body).toMatchObject({ errors: [{ path: 'password' }] });
    expect((await asAdmin<Page<User>>('GET', '/users?q=half-made')).body).toEqual({
      items: [],
      nextCursor: null,
      total: 0,
    });
  });

  it('keeps a change from overwriting one it has not seen', async () => {
    const user = await newUser();
    const first = await asAdmin('PATCH', `/users/${user.id}`, { fullName: 'One' }, { 'if-match': '"1"' });
    expect([first.status, first.headers.get('etag')]).toEqual([200, '"2"']);
    const stale = await asAdmin<unknown>('PATCH', `/users/${user.id}`, { fullName: 'Two' }, { 'if-match': '"1"' });
    expect([stale.status, stale.body]).toEqual([412, expect.objectContaining({ code: 'version_conflict' })]);
    expect((await asAdmin('DELETE', `/users/${user.id}`, undefined, { 'if-match': '"1"' })).status).toBe(412);
    expect((await asAdmin('GET', `/users/${user.id}`)).body).toMatchObject({ fullName: 'One', version: 2 });
  });

  it('gets a new version when only its roles change', async () => {
    const user = await newUser();
    expect((await asAdmin('PATCH', `/users/${user.id}`, { roles: ['viewer'] })).body).toMatchObject({ version: 2 });
  });

  it('is logged out when an administrator sets its password', async () => {
    const user = await newUser();
    const token = await app.login(user.username, PASSWORD);
    expect((await asAdmin('PATCH', `/users/${user.id}`, { password: 'a new password' })).status).toBe(200);
    expect((await as(token, 'GET', '/auth/me')).status).toBe(401);
    await app.login(user.username, 'a new password');
  });
});

describe('users', () => {
  it('are listed page by page, each once, in order, filtered and searched', async () => {
    await Promise.all(
      ['zoe', 'yan', 'xia', 'wim', 'vic'].map((name) => newUser({ username: `paged-${name}`, roles: ['viewer'] })),
    );
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const next: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { status, body } = await asAdmin<Page<User>>('GET', `/users?q=PAGED-&sort=-username&limit=2${next}`);
      expect([status, body.total]).toEqual([200, 5]);
      seen.push(...body.items.map(({ username }) => username));
      cursor = body.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(['paged-zoe', 'paged-yan', 'paged-xia', 'paged-wim', 'paged-vic']);

    await asAdmin('PATCH', '/users/paged-vic', { isActive: false, roles: ['editor', 'viewer'] });
    const inactive = await asAdmin<Page<User>>('GET', '/users?isActive=false&q=paged');
    expect(inactive.body.items.map(({ username }) => username)).toEqual(['paged-vic']);
    const editors = await asAdmin<Page<User>>('GET', '/users?role=editor&q=paged');
    expect(editors.body.items.map(({ roles }) => roles)).toEqual([['editor', 'viewer']]);
  });

  it('refuse what makes no sense, with the name of the parameter', async () => {
    const invented = (value: unknown, id: string): string =>
      Buffer.from(JSON.stringify({ sort: 'createdAt', value, id })).toString('base64url');
    for (const bad of [
      'limit=0',
      'limit=201',
      'sort=hashedPassword',
      'cursor=x',
      `cursor=${invented('yesterday', admin)}&sort=createdAt`,
      `cursor=${invented('2026-11-22T12:00:00Z', 'no-id')}&sort=createdAt`,
      'q=%00',
      'role=king',
      'isActive=1',
      'colour=red',
    ]) {
      const { status, body } = await asAdmin<{ errors: { path: string }[] }>('GET', `/users?${bad}`);
      const [name] = bad.split('=');
      expect([bad, status, body.errors[0]?.path]).toEqual([bad, 400, name]);
    }
    expect((await asAdmin('GET', '/users/%00')).status).toBe(400);
    expect((await asAdmin('GET', '/users/nobody-of-that-name')).status).toBe(404);
  });
});

describe('somebody who may edit users', () => {
  it('gives away no more than they hold', async () => {
    const { user, token } = await loginWith(['user:create', 'user:update', 'user:read', 'experiment:read']);
    const attempts: [string, string, unknown][] = [
      ['PATCH', `/users/${user.id}`, { isSuperuser: true }],
      ['PATCH', `/users/${user.id}`, { roles: ['admin'] }],
      ['POST', '/users', { username: 'mole', email: 'mole@example.com', password: PASSWORD, isSuperuser: true }],
      ['POST', '/users', { username: 'mole', email: 'mole@example.com', password: PASSWORD, roles: ['editor'] }],
    ];
    for (const [method, path, body] of attempts) {
      const answer = await as<unknown>(token, method, path, { body });
      expect([method, path, answer.status]).toEqual([method, path, 403]);
    }
    expect((await asAdmin('GET', `/users/${user.id}`)).body).toMatchObject({ isSuperuser: false, roles: user.roles });
    const own = await as(token, 'POST', '/users', {
      body: { username: 'fair', email: 'fair@example.com', password: PASSWORD, roles: user.roles },
    });
    expect(own.status).toBe(201);
  });

  it('takes over nobody who may do more', async () => {
    const { token } = await loginWith(['user:update', 'user:delete']);
    const editor = await newUser({ roles: ['editor'] });
    for (const target of ['admin', editor.id]) {
      expect((await as(token, 'PATCH', `/users/${target}`, { body: { password: 'taken over now' } })).status).toBe(403);
      expect((await as(token, 'DELETE', `/users/${target}`)).status).toBe(403);
    }
    const equal = await newUser();
    expect((await as(token, 'PATCH', `/users/${equal.id}`, { body: { fullName: 'Fine' } })).status).toBe(200);
  });
});

describe('the last superuser', () => {
  it('stays one, and nobody shuts themselves out', async () => {
    for (const patch of [{ isActive: false }, { isSuperuser: false }]) {
      expect([patch, (await asAdmin('PATCH', '/users/admin', patch)).status]).toEqual([patch, 409]);
    }
    expect((await asAdmin('DELETE', '/users/admin')).status).toBe(409);
    expect((await asAdmin('GET', '/auth/me')).body).toMatchObject({ isSuperuser: true, isActive: true });
  });

  it('is left when two superusers demote each other at the same moment', async () => {
    const second = await newUser({ isSuperuser: true });
    const token = await app.login(second.username, PASSWORD);
    const [one, two] = await Promise.all([
      as(token, 'PATCH', '/users/admin', { body: { isSuperuser: false } }),
      asAdmin('PATCH', `/users/${second.id}`, { isSuperuser: false }),
    ]);
    const statuses = [one.status, two.status].sort();
    // Whoever comes second is either the last superuser's challenger (409) or no superuser any more (403).
    expect([
      [200, 403],
      [200, 409],
    ]).toContainEqual(statuses);
    const survivor = one.status === 200 ? token : admin;
    const back = await as(survivor, 'PATCH', '/users/admin', { body: { isSuperuser: true } });
    expect(back.status).toBe(200);
  });
});
