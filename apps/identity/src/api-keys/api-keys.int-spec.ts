import type { ApiKey, CreatedApiKey, Page, Problem } from '@assay/contracts';
import { POOL } from '@assay/platform';
import { storedRecords, type Answer } from '@assay/testing';
import type pg from 'pg';
import { KeyUseJob } from './key-use.job.js';
import { startIdentity, type IdentityApp } from '../testing/identity-app.js';

let app: IdentityApp;
let admin: string;
let viewer: string;

const PASSWORD = 'a good password';

beforeAll(async () => {
  app = await startIdentity();
  admin = await app.login();
  await asAdmin('POST', '/projects', { key: 'shop' });
  await asAdmin('POST', '/users', {
    username: 'vera',
    email: 'vera@example.com',
    password: PASSWORD,
    roles: ['viewer'],
  });
  viewer = await app.login('vera', PASSWORD);
});
afterAll(() => app.close());

const asAdmin = <T = CreatedApiKey>(method: string, path: string, body?: unknown, headers = {}): Promise<Answer<T>> =>
  app.call<T>(method, path, { as: admin, body, headers });
const asViewer = <T = CreatedApiKey>(method: string, path: string, body?: unknown): Promise<Answer<T>> =>
  app.call<T>(method, path, { as: viewer, body });

describe('a key', () => {
  it('is made once for one Idempotency-Key; the second sending says so', async () => {
    const body = { name: 'sent twice', kind: 'server' };
    const headers = { 'idempotency-key': 'sent-twice' };
    const { body: made } = await asAdmin('POST', '/api-keys', body, headers);
    const again = await asAdmin<Problem>('POST', '/api-keys', body, headers);
    expect([again.status, again.body.code]).toEqual([409, 'shown_once']);
    expect(again.body.detail).toContain(made.id);
    expect(again.body.detail).not.toContain(made.key);
    const { body: list } = await asAdmin<Page<ApiKey>>('GET', '/api-keys?q=sent%20twice');
    expect(list.items.map(({ id }) => id)).toEqual([made.id]);
  });

  it.each([
    ['server', 'assay_sk_'],
    ['client', 'assay_ck_'],
    ['personal', 'assay_pat_'],
  ] as const)('of kind %s is shown once and stored as a hash', async (kind, prefix) => {
    const made = await asAdmin('POST', '/api-keys', { name: `my ${kind} key`, kind });
    expect(made.status).toBe(201);
    const { key, ...shown } = made.body;
    expect(key).toMatch(new RegExp(`^${prefix}[0-9A-Za-z]{43}$`));
    const isPersonal = kind === 'personal';
    expect(shown).toMatchObject({
      name: `my ${kind} key`,
      kind,
      prefix: key.slice(0, prefix.length + 4),
      project: isPersonal ? null : 'default',
      environment: isPersonal ? null : 'production',
      user: isPersonal ? 'admin' : null,
      createdBy: 'admin',
      expiresAt: null,
      lastUsedAt: null,
      revokedAt: null,
    });
    const read = await asAdmin<ApiKey>('GET', `/api-keys/${shown.id}`);
    expect(read.body).toEqual(shown);
    const pool = app.nest.get<pg.Pool>(POOL);
    const { rows } = await pool.query<{ row: string }>(
      `select row_to_json(k)::text as row from experimentation.api_keys k
       union all select envelope::text from experimentation.outbox`,
    );
    const stored = [...rows.map(({ row }) => row), JSON.stringify(await storedRecords(pool))];
    expect(stored.length).toBeGreaterThan(0);
    for (const text of stored) expect(text).not.toContain(key.slice(prefix.length));
  });

  it('belongs where its maker says', async () => {
    const body = { name: 'k', kind: 'server', project: 'shop', environment: 'development' };
    expect((await asAdmin('POST', '/api-keys', body)).body).toMatchObject({
      project: 'shop',
      environment: 'development',
    });
    for (const [path, wrong] of [
      ['project', { project: 'nowhere' }],
      ['environment', { environment: 'moon' }],
      ['kind', { kind: 'root' }],
      ['expiresAt', { expiresAt: '2020-01-01T00:00:00Z' }],
      ['scopes', { scopes: ['*'] }],
    ] as const) {
      const { status, body: problem } = await asAdmin<unknown>('POST', '/api-keys', { ...body, ...wrong });
      expect([path, status, problem]).toEqual([
        path,
        400,
        expect.objectContaining({ errors: [expect.objectContaining({ path })] }),
      ]);
    }
  });

  it('is renamed, revoked, and then stays as it is', async () => {
    const { body: made } = await asAdmin('POST', '/api-keys', { name: 'old', kind: 'server' });
    const etag = `"${made.version}"`;
    const renamed = await asAdmin<ApiKey>('PATCH', `/api-keys/${made.id}`, { name: 'new' }, { 'if-match': etag });
    expect([renamed.status, renamed.body.name]).toEqual([200, 'new']);
    expect((await asAdmin('PATCH', `/api-keys/${made.id}`, { name: 'x' }, { 'if-match': etag })).status).toBe(412);
    expect((await asAdmin('DELETE', `/api-keys/${made.id}`, undefined, { 'if-match': etag })).status).toBe(412);
    expect((await asAdmin('DELETE', `/api-keys/${made.id}`)).status).toBe(204);
    expect((await asAdmin('DELETE', `/api-keys/${made.id}`)).status).toBe(204);
    const after = await asAdmin<ApiKey>('GET', `/api-keys/${made.id}`);
    expect(Date.now() - Date.parse(after.body.revokedAt ?? '')).toBeLessThan(60_000);
    expect((await asAdmin('PATCH', `/api-keys/${made.id}`, { name: 'x' })).status).toBe(409);
  });

  it('shows when it was used last', async () => {
    const { body: made } = await asAdmin('POST', '/api-keys', { name: 'used', kind: 'personal' });
    expect((await app.call('GET', '/auth/me', { as: made.key })).status).toBe(200);
    // Written down every half minute; the test does not wait for it.
    await app.nest.get(KeyUseJob).flush();
    const { body } = await asAdmin<ApiKey>('GET', `/api-keys/${made.id}`);
    expect(Date.now() - Date.parse(body.lastUsedAt ?? '')).toBeLessThan(60_000);
    expect(body.version).toBe(made.version);
  });
});

describe('keys', () => {
  it('are listed by project; personal ones only to their user', async () => {
    const mine = await asViewer('POST', '/api-keys', { name: 'verakey', kind: 'personal' });
    expect([mine.status, mine.body.user]).toEqual([201, 'vera']);
    const shop = await asAdmin('POST', '/api-keys', { name: 'shopkey', kind: 'client', project: 'shop' });

    const inShop = await asAdmin<Page<ApiKey>>('GET', '/api-keys?project=shop&kind=client');
    expect(inShop.body.items.map(({ id }) => id)).toEqual([shop.body.id]);
    expect(JSON.stringify(inShop.body)).not.toContain(shop.body.key.slice(13));
    const inDefault = await asAdmin<Page<ApiKey>>('GET', '/api-keys?q=shopkey');
    expect(inDefault.body.total).toBe(0);
    expect((await asAdmin('GET', `/api-keys/${mine.body.id}`)).status).toBe(404);
    expect((await asAdmin('DELETE', `/api-keys/${mine.body.id}`)).status).toBe(404);
    expect((await asAdmin('GET', `/api-keys/${shop.body.id}`)).status).toBe(404);
    expect((await asAdmin('GET', `/api-keys/${shop.body.id}?project=shop`)).status).toBe(200);

    const seen = await asViewer<Page<ApiKey>>('GET', '/api-keys');
    expect(seen.body.items.map(({ name }) => name)).toEqual(['verakey']);
    expect((await asViewer('DELETE', `/api-keys/${mine.body.id}`)).status).toBe(204);
    const revoked = await asViewer<Page<ApiKey>>('GET', '/api-keys?revoked=true');
    expect(revoked.body.total).toBe(1);
    expect((await asViewer<Page<ApiKey>>('GET', '/api-keys?revoked=false')).body.total).toBe(0);
  });

  it('for programs take permissions that everybody lacks who is no administrator', async () => {
    for (const kind of ['server', 'client']) {
      const { status, body } = await asViewer<unknown>('POST', '/api-keys', { name: 'k', kind });
      expect([status, body]).toEqual([
        403,
        expect.objectContaining({ detail: expect.stringContaining('api_key:create') as string }),
      ]);
    }
    await asAdmin('POST', '/users', { username: 'ed', email: 'ed@example.com', password: PASSWORD, roles: ['editor'] });
    const editor = await app.login('ed', PASSWORD);
    const { body: made } = await asAdmin('POST', '/api-keys', { name: 'k', kind: 'server' });
    expect((await app.call('GET', `/api-keys/${made.id}`, { as: editor })).status).toBe(200);
    expect((await app.call('PATCH', `/api-keys/${made.id}`, { as: editor, body: { name: 'x' } })).status).toBe(403);
    expect((await app.call('DELETE', `/api-keys/${made.id}`, { as: editor })).status).toBe(403);
  });
});
