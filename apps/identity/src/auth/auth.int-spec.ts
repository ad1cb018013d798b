import type { Answer } from '@assay/testing';
import { ADMIN_PASSWORD, startIdentity, type IdentityApp } from '../testing/identity-app.js';

interface Tokens {
  accessToken: string;
  refreshToken: string;
}

let app: IdentityApp;
let admin: string;

beforeAll(async () => {
  app = await startIdentity();
  admin = await app.login();
});
afterAll(() => app.close());

const PASSWORD = 'a good password';
let users = 0;

/** A fresh user, so that tests do not throttle or log out each other. */
async function newUser(fields: object = {}): Promise<{ id: string; username: string; email: string }> {
  users += 1;
  const username = `user-${users}`;
  const body = { username, email: `${username}@example.com`, password: PASSWORD, ...fields };
  const made = await app.call<{ id: string; username: string; email: string }>('POST', '/users', { as: admin, body });
  expect(made.status).toBe(201);
  return made.body;
}

const login = (username: string, password: string): Promise<Answer<Tokens>> =>
  app.call<Tokens>('POST', '/auth/login', { body: { username, password } });
const refresh = (refreshToken: string): Promise<Answer<Tokens>> =>
  app.call<Tokens>('POST', '/auth/refresh', { body: { refreshToken } });
const statusOfMe = async (accessToken: string): Promise<number> =>
  (await app.call('GET', '/auth/me', { as: accessToken })).status;

describe('login', () => {
  it('takes the user name or the e-mail address, whatever their case', async () => {
    const { username, email } = await newUser();
    for (const name of [username, email, username.toUpperCase(), email.toUpperCase()]) {
      const { status, body } = await login(name, PASSWORD);
      expect(status).toBe(200);
      expect(body).toEqual({
        accessToken: expect.any(String) as string,
        tokenType: 'Bearer',
        expiresIn: 900,
        refreshToken: expect.any(String) as string,
      });
    }
  });

  it('says the same of an unknown user, a wrong password and an inactive user', async () => {
    const active = await newUser();
    const inactive = await newUser({ isActive: false });
    const answers = await Promise.all([
      login('nobody', PASSWORD),
      login('nobody@example.com', PASSWORD),
      login(active.username, 'a wrong password'),
      login(inactive.username, PASSWORD),
    ]);
    for (const { status, body, headers } of answers) {
      expect(status).toBe(401);
      expect(headers.get('content-type')).toContain('application/problem+json');
      expect({ ...body, traceId: '' }).toEqual({ ...answers[0].body, traceId: '' });
      expect(body).toMatchObject({ code: 'unauthenticated', detail: 'The user name or the password is not right.' });
    }
  });

  it('notes the moment without making a new version of the user', async () => {
    const user = await newUser();
    await login(user.username, PASSWORD);
    const { body } = await app.call<{ lastLogin: string; version: number }>('GET', `/users/${user.id}`, { as: admin });
    expect(Date.now() - Date.parse(body.lastLogin)).toBeLessThan(60_000);
    expect(body.version).toBe(1);
  });

  it('slows down guessing at one name, known or not, and nobody else', async () => {
    const { username } = await newUser();
    const bystander = await newUser();
    for (const name of [username, 'no-such-user']) {
      const statuses: number[] = [];
      for (let attempt = 0; attempt < 20; attempt += 1) statuses.push((await login(name, 'a guess')).status);
      expect(new Set(statuses)).toEqual(new Set([401]));
      const blocked = await login(name, PASSWORD);
      expect(blocked.status).toBe(429);
      expect(blocked.body).toMatchObject({ code: 'rate_limited' });
      expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect((await login(bystander.username, PASSWORD)).status).toBe(200);
  });

  it('names what is missing or not known in the body', async () => {
    const { status, body } = await app.call('POST', '/auth/login', { body: { username: 'admin', passwort: 'x' } });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'validation_failed', errors: [{ path: 'password' }, { path: 'passwort' }] });
  });
});

describe('refresh', () => {
  it('trades a token for new ones, once', async () => {
    const { username } = await newUser();
    const first = (await login(username, PASSWORD)).body;
    const second = await refresh(first.refreshToken);
    expect(second.status).toBe(200);
    expect(second.body.refreshToken).not.toBe(first.refreshToken);
    expect(await statusOfMe(second.body.accessToken)).toBe(200);
  });

  it('ends the whole session when a token comes a second time, access tokens included', async () => {
    const { username } = await newUser();
    const stolen = (await login(username, PASSWORD)).body;
    const otherSession = (await login(username, PASSWORD)).body;
    const next = (await refresh(stolen.refreshToken)).body;
    expect(await statusOfMe(next.accessToken)).toBe(200);

    expect((await refresh(stolen.refreshToken)).status).toBe(401);
    expect((await refresh(next.refreshToken)).status).toBe(401);
    expect(await statusOfMe(stolen.accessToken)).toBe(401);
    expect(await statusOfMe(next.accessToken)).toBe(401);
    expect(await statusOfMe(otherSession.accessToken)).toBe(200);
  });

  it('lets one of two simultaneous uses win', async () => {
    const { username } = await newUser();
    const { refreshToken } = (await login(username, PASSWORD)).body;
    const answers = await Promise.all([refresh(refreshToken), refresh(refreshToken)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  it('does not take an access token or an invented one', async () => {
    const { accessToken } = (await login('admin', ADMIN_PASSWORD)).body;
    expect((await refresh(accessToken.slice(0, 200))).status).toBe(401);
    expect((await refresh('assay_rt_invented')).status).toBe(401);
  });

  it('stops with the user', async () => {
    const user = await newUser();
    const { accessToken, refreshToken } = (await login(user.username, PASSWORD)).body;
    const off = await app.call('PATCH', `/users/${user.id}`, { as: admin, body: { isActive: false } });
    expect(off.status).toBe(200);
    expect((await refresh(refreshToken)).status).toBe(401);
    expect(await statusOfMe(accessToken)).toBe(401);
  });
});

describe('logout', () => {
  it('ends the session and its access tokens, and is silent about unknown tokens', async () => {
    const { username } = await newUser();
    const { accessToken, refreshToken } = (await login(username, PASSWORD)).body;
    const out = await app.call('POST', '/auth/logout', { body: { refreshToken } });
    expect(out.status).toBe(204);
    expect(out.body).toBeUndefined();
    expect((await refresh(refreshToken)).status).toBe(401);
    expect(await statusOfMe(accessToken)).toBe(401);
    expect((await app.call('POST', '/auth/logout', { body: { refreshToken: 'invented' } })).status).toBe(204);
  });
});

describe('me', () => {
  it('is the user with its roles and permissions', async () => {
    const { username } = await newUser({ roles: ['viewer'] });
    const me = await app.call<{ permissions: string[] }>('GET', '/auth/me', {
      as: await app.login(username, PASSWORD),
    });
    expect(me.body).toMatchObject({ username, roles: ['viewer'], isSuperuser: false });
    expect(me.body.permissions).toContain('experiment:read');
    expect(me.body.permissions).not.toContain('experiment:create');
    expect(JSON.stringify(me.body)).not.toMatch(/argon2|hash/i);
    expect(me.headers.get('etag')).toBe('"1"');
  });

  it('merges preferences, and only its own', async () => {
    const { username } = await newUser({ preferences: { theme: 'dark', table: { rows: 50, dense: true } } });
    const as = await app.login(username, PASSWORD);
    const patch = { fullName: 'Ada', preferences: { theme: null, table: { rows: 20 }, language: 'no' } };
    const changed = await app.call('PATCH', '/auth/me', { as, body: patch });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ fullName: 'Ada', version: 2 });
    const { body } = await app.call<{ preferences: unknown }>('GET', '/auth/me', { as });
    expect(body.preferences).toEqual({ table: { rows: 20, dense: true }, language: 'no' });
    const refused = await app.call('PATCH', '/auth/me', { as, body: { isSuperuser: true } });
    expect(refused.status).toBe(400);
    expect(refused.body).toMatchObject({ errors: [{ path: 'isSuperuser' }] });
  });
});

describe('password change', () => {
  const change = (as: string, currentPassword: string, newPassword: string): Promise<Answer<unknown>> =>
    app.call('POST', '/auth/password', { as, body: { currentPassword, newPassword } });

  it('ends the other sessions, keeps its own, and the old password is gone', async () => {
    const { username } = await newUser();
    const [mine, other] = [(await login(username, PASSWORD)).body, (await login(username, PASSWORD)).body];
    expect((await change(mine.accessToken, PASSWORD, 'another good one')).status).toBe(204);
    expect(await statusOfMe(mine.accessToken)).toBe(200);
    expect(await statusOfMe(other.accessToken)).toBe(401);
    expect((await refresh(other.refreshToken)).status).toBe(401);
    expect((await login(username, PASSWORD)).status).toBe(401);
    expect((await login(username, 'another good one')).status).toBe(200);
  });

  it('wants the current password and a decent new one', async () => {
    const { username } = await newUser();
    const as = await app.login(username, PASSWORD);
    expect((await change(as, 'not it', 'another good one')).body).toMatchObject({
      errors: [{ path: 'currentPassword' }],
    });
    for (const poor of ['short', 'aaaaaaaaaaaaaa', 'x'.repeat(201)]) {
      const answer = await change(as, PASSWORD, poor);
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ code: 'validation_failed', errors: [{ path: 'newPassword' }] });
    }
    expect((await login(username, PASSWORD)).status).toBe(200);
  });
});

describe('access tokens', () => {
  it('are refused when changed, signed by another key, expired or without a signature', async () => {
    const [header = '', payload = '', signature = ''] = admin.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const forged = `${header}.${encode({ ...claims, sub: '0190b6a2-0000-7000-8000-000000000000' })}.${signature}`;
    const unsigned = `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`;
    for (const token of [forged, unsigned, `${header}.${payload}`, 'not-a-token', `${admin}x`]) {
      const { status, body, headers } = await app.call('GET', '/auth/me', { as: token });
      expect([status, body]).toEqual([401, expect.objectContaining({ code: 'unauthenticated' })]);
      expect(headers.get('www-authenticate')).toBe('Bearer');
    }
    expect(await statusOfMe(admin)).toBe(200);
  });
});
