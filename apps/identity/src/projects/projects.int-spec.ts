import type { Environment, Page, Project } from '@assay/contracts';
import { POOL } from '@assay/platform';
import type pg from 'pg';
import type { Answer } from '@assay/testing';
import { startIdentity, type IdentityApp } from '../testing/identity-app.js';

let app: IdentityApp;
let admin: string;

beforeAll(async () => {
  app = await startIdentity();
  admin = await app.login();
});
afterAll(() => app.close());

const asAdmin = <T = Project>(method: string, path: string, body?: unknown, headers = {}): Promise<Answer<T>> =>
  app.call<T>(method, path, { as: admin, body, headers });

describe('a project', () => {
  it('starts with production and development, and is read, changed and deleted', async () => {
    const made = await asAdmin('POST', '/projects', { key: 'shop' });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ key: 'shop', name: 'Shop', description: '', version: 1 });
    expect(made.body.environments.map(({ key }) => key)).toEqual(['production', 'development']);
    expect((await asAdmin('GET', '/projects/shop')).body).toEqual(made.body);
    expect((await asAdmin('GET', `/projects/${made.body.id}`)).body).toEqual(made.body);

    const changed = await asAdmin('PATCH', '/projects/shop', { name: 'The shop' }, { 'if-match': '"1"' });
    expect([changed.status, changed.body.name, changed.body.version]).toEqual([200, 'The shop', 2]);
    expect((await asAdmin('PATCH', '/projects/shop', { name: 'x' }, { 'if-match': '"1"' })).status).toBe(412);
    const rekeyed = await asAdmin<unknown>('PATCH', '/projects/shop', { key: 'store' });
    expect([rekeyed.status, rekeyed.body]).toEqual([400, expect.objectContaining({ code: 'validation_failed' })]);

    expect((await asAdmin('DELETE', '/projects/shop')).status).toBe(204);
    expect((await asAdmin('GET', '/projects/shop')).status).toBe(404);
  });

  it('has a key of its own that fits into addresses', async () => {
    await asAdmin('POST', '/projects', { key: 'twice' });
    const { status, body } = await asAdmin<unknown>('POST', '/projects', { key: 'twice' });
    expect([status, body]).toEqual([
      409,
      expect.objectContaining({ errors: [expect.objectContaining({ path: 'key' })] }),
    ]);
    for (const key of ['', 'a b', 'a/b', 'a:b', 'x'.repeat(101)]) {
      expect([key, (await asAdmin('POST', '/projects', { key })).status]).toEqual([key, 400]);
    }
  });

  it('named default stays, and so does one that holds experiments', async () => {
    expect((await asAdmin('DELETE', '/projects/default')).status).toBe(409);
    const { body: project } = await asAdmin('POST', '/projects', { key: 'busy' });
    await app.nest.get<pg.Pool>(POOL).query(
      `insert into experimentation.experiments
         (id, project_id, environment_id, owner_id, key, name, description, hypothesis, experiment_type, status, salt)
       select gen_random_uuid(), $1, $2, u.id, 'e', 'e', '', '', 'A_B', 'DRAFT', 's' from experimentation.users u limit 1`,
      [project.id, project.environments[1]?.id],
    );
    const { status, body } = await asAdmin<unknown>('DELETE', '/projects/busy');
    expect([status, body]).toEqual([409, expect.objectContaining({ code: 'conflict' })]);
    expect((await asAdmin('DELETE', '/projects/busy/environments/development')).status).toBe(409);
    expect((await asAdmin('GET', '/projects/busy')).body.environments).toHaveLength(2);
    const owner = await asAdmin<unknown>('DELETE', '/users/admin');
    expect(owner.status).toBe(409);
  });

  it('is found in the list', async () => {
    await asAdmin('POST', '/projects', { key: 'needle', description: 'in the haystack' });
    const { body } = await asAdmin<Page<Project>>('GET', '/projects?q=HAYSTACK');
    expect(body).toMatchObject({ total: 1, nextCursor: null, items: [{ key: 'needle' }] });
    expect(body.items[0]?.environments).toHaveLength(2);
  });
});

describe('an environment', () => {
  it('is added, read, changed and removed, each time as a new version of its project', async () => {
    await asAdmin('POST', '/projects', { key: 'stages' });
    const made = await asAdmin<Environment>('POST', '/projects/stages/environments', { key: 'staging' });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ key: 'staging', name: 'Staging', position: 2, version: 2 });
    const read = await asAdmin<Environment>('GET', `/projects/stages/environments/${made.body.id}`);
    expect(read.body).toEqual(made.body);

    const path = '/projects/stages/environments/staging';
    const changed = await asAdmin<Environment>('PATCH', path, { name: 'Test', position: 1 }, { 'if-match': '"2"' });
    expect(changed.body).toMatchObject({ name: 'Test', position: 1, version: 3 });
    expect((await asAdmin('PATCH', path, { name: 'x' }, { 'if-match': '"2"' })).status).toBe(412);
    const list = await asAdmin<Page<Environment>>('GET', '/projects/stages/environments');
    expect(list.body.items.map(({ key }) => key).sort()).toEqual(['development', 'production', 'staging']);

    expect((await asAdmin('DELETE', path)).status).toBe(204);
    expect((await asAdmin('GET', path)).status).toBe(404);
    expect((await asAdmin('GET', '/projects/stages')).body.version).toBe(4);
  });

  it('has a key of its own in its project, and production stays', async () => {
    await asAdmin('POST', '/projects', { key: 'fixed' });
    const again = await asAdmin<unknown>('POST', '/projects/fixed/environments', { key: 'production' });
    expect([again.status, again.body]).toEqual([
      409,
      expect.objectContaining({ errors: [expect.objectContaining({ path: 'key' })] }),
    ]);
    expect((await asAdmin('DELETE', '/projects/fixed/environments/production')).status).toBe(409);
    expect((await asAdmin('GET', '/projects/fixed/environments/nowhere')).status).toBe(404);
    expect((await asAdmin('GET', '/projects/nowhere/environments')).status).toBe(404);
  });

  it('takes its api keys along', async () => {
    await asAdmin('POST', '/projects', { key: 'short-lived' });
    const body = { name: 'k', kind: 'server', project: 'short-lived', environment: 'development' };
    const { body: made } = await asAdmin<{ key: string; id: string }>('POST', '/api-keys', body);
    expect((await app.call('GET', '/auth/me', { as: made.key })).status).toBe(403);
    expect((await asAdmin('DELETE', '/projects/short-lived/environments/development')).status).toBe(204);
    expect((await app.call('GET', '/auth/me', { as: made.key })).status).toBe(401);
  });
});
