import { identityRoutes } from '@assay/contracts';
import { jest } from '@jest/globals';
import { POOL } from '@assay/platform';
import type pg from 'pg';
import { type Answer, until } from '@assay/testing';
import { startIdentity, type IdentityApp } from './testing/identity-app.js';
import { ProbeController } from './testing/probe.controller.js';

let app: IdentityApp;
let admin: string;

beforeAll(async () => {
  app = await startIdentity({ controllers: [ProbeController] });
  admin = await app.login();
  const shop = await app.call('POST', '/projects', { as: admin, body: { key: 'shop' } });
  expect(shop.status).toBe(201);
});
afterAll(() => app.close());

const PASSWORD = 'a good password';
const NO_ID = '0190b6a2-0000-7000-8000-000000000000';

async function loginAs(username: string, roles: string[]): Promise<string> {
  const body = { username, email: `${username}@example.com`, password: PASSWORD, roles };
  expect((await app.call('POST', '/users', { as: admin, body })).status).toBe(201);
  return app.login(username, PASSWORD);
}

async function newKey(body: object, as = admin): Promise<{ id: string; key: string }> {
  const made = await app.call<{ id: string; key: string }>('POST', '/api-keys', {
    as,
    body: { name: 'a key', ...body },
  });
  expect(made.status).toBe(201);
  return made.body;
}

const probe = (path: string, as?: string, headers: Record<string, string> = {}): Promise<Answer<unknown>> =>
  app.call('GET', `/probe/${path}`, { as, headers });
const filledIn = (path: string): string => path.replace('/api/v1', '').replaceAll(/:\w+/g, NO_ID);

describe('every call of identity', () => {
  it.each(identityRoutes.map((route) => [`${route.method} ${route.path}`, route] as const))(
    '%s asks who it is, unless it is public',
    async (_name, { method, path, access }) => {
      const { status, body } = await app.call<{ code: string }>(
        method,
        filledIn(path),
        method === 'GET' ? {} : { body: {} },
      );
      if (access === 'public') expect(body.code).toBe('validation_failed');
      else expect([status, body.code]).toEqual([401, 'unauthenticated']);
    },
  );

  it('that takes a permission is closed to a user without one and to server and client keys, which it names', async () => {
    const nobody = await loginAs('without-roles', []);
    const keys = [await newKey({ kind: 'server' }), await newKey({ kind: 'client' })];
    for (const { method, path, access } of identityRoutes) {
      if (access === 'public') continue;
      const callers = access === 'authenticated' ? keys.map(({ key }) => key) : [nobody, ...keys.map(({ key }) => key)];
      for (const as of callers) {
        const request = method === 'GET' ? { as } : { as, body: {} };
        const { status, body } = await app.call<{ code: string; detail: string }>(method, filledIn(path), request);
        expect([`${method} ${path}`, status, body.code]).toEqual([`${method} ${path}`, 403, 'forbidden']);
        if (access !== 'authenticated') expect(body.detail).toContain(access);
      }
    }
  });

  it('is open to whoever has the permission', async () => {
    const auditor = await app.call('POST', '/roles', {
      as: admin,
      body: { name: 'auditor', permissions: ['audit:read'] },
    });
    expect(auditor.status).toBe(201);
    const as = await loginAs('with-one-role', ['auditor']);
    expect((await app.call('GET', '/audit', { as })).status).toBe(200);
    expect((await app.call('GET', '/users', { as })).status).toBe(403);
  });
});

describe('a handler that is not in the contracts', () => {
  it('is closed, even to a superuser, unless it says otherwise', async () => {
    expect((await probe('bare', admin)).status).toBe(403);
    expect((await probe('open')).body).toEqual({ reached: true });
  });
});

describe('where a call acts', () => {
  it('is the default project and production unless said otherwise, by key or id', async () => {
    expect((await probe('environment', admin)).body).toMatchObject({ project: 'default', environment: 'production' });
    expect((await probe('environment?project=shop&environment=development', admin)).body).toMatchObject({
      project: 'shop',
      environment: 'development',
    });
    const { body } = await app.call<{ id: string; environments: { id: string; key: string }[] }>(
      'GET',
      '/projects/shop',
      {
        as: admin,
      },
    );
    const development = body.environments.find(({ key }) => key === 'development');
    const byId = await probe(`environment?project=${body.id}&environment=${development?.id}`, admin);
    expect(byId.body).toMatchObject({ project: 'shop', environment: 'development' });
  });

  it('is 404 and named when there is no such thing', async () => {
    const project = await probe('project?project=nowhere', admin);
    expect([project.status, project.body]).toEqual([404, expect.objectContaining({ code: 'not_found' })]);
    expect(project.body).toMatchObject({ detail: expect.stringContaining('nowhere') as string });
    const environment = await probe('environment?environment=moon', admin);
    expect(environment.status).toBe(404);
    expect(environment.body).toMatchObject({ detail: expect.stringContaining('moon') as string });
  });

  it('has to be one place', async () => {
    const { status, body } = await probe('project?project=shop&project=default', admin);
    expect([status, body]).toEqual([
      400,
      expect.objectContaining({ errors: [expect.objectContaining({ path: 'project' })] }),
    ]);
  });
});

describe('an api key', () => {
  it('works as a bearer and as X-API-Key, in its own project and environment', async () => {
    const { key } = await newKey({ kind: 'server', project: 'shop', environment: 'development' });
    const own = { kind: 'server', name: 'a key', project: 'shop', environment: 'development' };
    expect((await probe('environment', key)).body).toEqual(own);
    expect((await probe('environment', undefined, { 'x-api-key': key })).body).toEqual(own);
    expect((await probe('environment?project=shop&environment=development', key)).body).toEqual(own);
  });

  it('of one project or environment is refused in another, existing or not', async () => {
    const { key } = await newKey({ kind: 'server', project: 'shop' });
    for (const place of ['project=default', 'project=nowhere', 'environment=development']) {
      const { status, body } = await probe(`environment?${place}`, key);
      expect([place, status, body]).toEqual([place, 403, expect.objectContaining({ code: 'forbidden' })]);
    }
  });

  it('of a client reads nothing that is managed', async () => {
    const { key } = await newKey({ kind: 'client' });
    expect((await probe('environment', key)).status).toBe(200);
    const refused = await probe('project', key);
    expect(refused.status).toBe(403);
    expect(refused.body).toMatchObject({ detail: expect.stringContaining('experiment:read') as string });
    expect((await app.call('GET', '/auth/me', { as: key })).status).toBe(403);
  });

  it('stops working when it is revoked', async () => {
    const { id, key } = await newKey({ kind: 'server' });
    expect((await probe('environment', key)).status).toBe(200);
    expect((await app.call('DELETE', `/api-keys/${id}`, { as: admin })).status).toBe(204);
    expect((await probe('environment', key)).status).toBe(401);
  });

  it('stops working when it expires', async () => {
    const soon = new Date(Date.now() + 1_500).toISOString();
    const { key } = await newKey({ kind: 'server', expiresAt: soon });
    const first = (await probe('environment', key)).status;
    // A machine that is slow at the moment asks too late to see it work.
    expect(Date.now() < Date.parse(soon) ? first : 200).toBe(200);
    await until(async () => (await probe('environment', key)).status === 401);
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(soon));
  });

  it('that is personal acts as its user, as long as the user may', async () => {
    const editor = await loginAs('key-owner', ['editor']);
    const { key } = await newKey({ kind: 'personal' }, editor);
    expect((await probe('project', key)).body).toMatchObject({ kind: 'user', name: 'key-owner', project: 'default' });
    expect((await app.call('PATCH', '/users/key-owner', { as: admin, body: { roles: [] } })).status).toBe(200);
    expect((await probe('project', key)).status).toBe(403);
    expect((await app.call('PATCH', '/users/key-owner', { as: admin, body: { isActive: false } })).status).toBe(200);
    expect((await probe('project', key)).status).toBe(401);
  });

  it('that was never given out is 401 in every form', async () => {
    const invented = `assay_sk_${'A'.repeat(43)}`;
    for (const as of [invented, 'assay_sk_x', 'assay_']) expect((await probe('environment', as)).status).toBe(401);
    expect((await probe('environment', undefined, { 'x-api-key': 'nonsense' })).status).toBe(401);
    expect((await probe('environment', undefined, { authorization: 'Basic YWRtaW46eA==' })).status).toBe(401);
  });
});

describe('the database', () => {
  it('is asked once, not at each request', async () => {
    const { key } = await newKey({ kind: 'server' });
    await probe('environment', key);
    const query = jest.spyOn(app.nest.get<pg.Pool>(POOL), 'query');
    for (let index = 0; index < 20; index += 1) {
      expect((await probe('environment', key)).status).toBe(200);
      expect((await probe('environment', admin)).status).toBe(200);
    }
    const statements = query.mock.calls.map(([text]) => JSON.stringify(text));
    query.mockRestore();
    // Key, user and project: once each, and again if the log's word of the new key came in between.
    expect(statements.filter((text) => /api_keys|users|projects/.test(text)).length).toBeLessThanOrEqual(6);
  });
});

describe('a change in another process', () => {
  it('takes effect here within seconds, through the log', async () => {
    const other = await startIdentity({
      databaseUrl: app.databaseUrl,
      cache: { hitSeconds: 3_600 },
      controllers: [ProbeController],
    });
    try {
      const { id, key } = await newKey({ kind: 'server' });
      expect((await other.call('GET', '/probe/environment', { as: key })).status).toBe(200);
      await app.call('DELETE', `/api-keys/${id}`, { as: admin });
      await until(async () => (await other.call('GET', '/probe/environment', { as: key })).status === 401);
    } finally {
      await other.close();
    }
  });
});
