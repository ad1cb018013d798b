import { auditRecorded, type AuditEntry, type AuditRecord, type Envelope, type Page } from '@assay/contracts';
import { LogProducer } from '@assay/messaging';
import { startIdentity, type IdentityApp } from '../testing/identity-app.js';

let app: IdentityApp;
let admin: string;

beforeAll(async () => {
  app = await startIdentity();
  admin = await app.login();
});
afterAll(() => app.close());

const PASSWORD = 'a good password';

/** The entries of a query, once there are as many as expected. */
async function entries(query: string, expected: number): Promise<AuditEntry[]> {
  const deadline = Date.now() + 100_000;
  for (;;) {
    const { status, body } = await app.call<Page<AuditEntry>>('GET', `/audit?${query}`, { as: admin });
    expect(status).toBe(200);
    if (body.total >= expected || Date.now() > deadline) return body.items;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('the audit', () => {
  it('says who did what to which resource, before and after, from where', async () => {
    const body = { username: 'ada', email: 'ada@example.com', password: PASSWORD, roles: ['viewer'] };
    const { body: user } = await app.call<{ id: string }>('POST', '/users', { as: admin, body });
    const change = { as: admin, body: { fullName: 'Ada', password: 'another password' } };
    await app.call('PATCH', `/users/${user.id}`, change);
    await app.call('DELETE', `/users/${user.id}`, { as: admin });

    const found = await entries(`resource=${user.id}`, 3);
    expect(found.map(({ action }) => action)).toEqual(['user.deleted', 'user.updated', 'user.created']);
    expect(found[1]).toMatchObject({
      actorKind: 'user',
      actorName: 'admin',
      projectId: null,
      resourceType: 'user',
      resourceId: user.id,
      resourceKey: 'ada',
      before: { fullName: '', roles: ['viewer'], version: 1 },
      after: { fullName: 'Ada', version: 2 },
      ip: '127.0.0.1',
    });
    expect(found[1]?.traceId).toBeTruthy();
    expect(found[2]?.before).toBeNull();
    expect(found[0]?.after).toBeNull();
    expect(JSON.stringify(found)).not.toMatch(/argon2|hashedPassword|another password|a good password/);
  });

  it('has the logins, and the first start as done by the platform itself', async () => {
    expect((await entries('action=user.logged_in&actor=admin', 1))[0]).toMatchObject({ resourceKey: 'admin' });
    const [made] = await entries('action=user.created&resource=admin', 1);
    expect(made).toMatchObject({ actorKind: 'system', actorName: 'assay', actorId: null, ip: null });
  });

  it('keeps one entry of a message that comes twice', async () => {
    const data: AuditRecord = {
      actorKind: 'server',
      actorId: '0190b6a2-0000-7000-8000-000000000001',
      actorName: 'importer',
      projectId: null,
      action: 'thing.twice',
      resourceType: 'thing',
      resourceId: '0190b6a2-0000-7000-8000-000000000002',
      resourceKey: 'twice',
      before: null,
      after: { n: 1 },
      ip: null,
      traceId: null,
    };
    const envelope: Envelope<AuditRecord> = {
      specversion: '1.0',
      id: '0190b6a2-0000-7000-8000-000000000003',
      type: 'audit.recorded',
      source: '/assay/experiments',
      time: '2026-11-22T12:00:00.000Z',
      subject: data.resourceId,
      datacontenttype: 'application/json',
      data,
    };
    const last = { ...envelope, id: '0190b6a2-0000-7000-8000-000000000004', data: { ...data, action: 'thing.last' } };
    const producer = app.nest.get(LogProducer);
    await producer.append(auditRecorded, [{ envelope }, { envelope }]);
    await producer.append(auditRecorded, [{ envelope }, { envelope: last }]);
    await entries('action=thing.last', 1);
    const twice = await entries('action=thing.twice', 1);
    expect(twice).toHaveLength(1);
    expect(twice[0]).toMatchObject({
      actorKind: 'api_key',
      actorName: 'importer',
      createdAt: '2026-11-22T12:00:00.000Z',
    });
  });

  it('is filtered by actor, action, resource and time, newest first, and shows a project its own entries', async () => {
    const { body: shop } = await app.call<{ id: string }>('POST', '/projects', { as: admin, body: { key: 'shop' } });
    await app.call('PATCH', '/projects/shop', { as: admin, body: { name: 'S' } });
    const own = await entries('project=shop&resourceType=project&resource=shop', 2);
    expect(own.map(({ action, projectId }) => [action, projectId])).toEqual([
      ['project.updated', shop.id],
      ['project.created', shop.id],
    ]);
    const elsewhere = await app.call<Page<AuditEntry>>('GET', '/audit?resource=shop', { as: admin });
    expect(elsewhere.body.total).toBe(0);
    const future = new Date(Date.now() + 60_000).toISOString();
    const later = await app.call<Page<AuditEntry>>('GET', `/audit?from=${future}`, { as: admin });
    expect(later.body.total).toBe(0);
    const paged = await app.call<Page<AuditEntry>>('GET', '/audit?limit=1', { as: admin });
    expect(paged.body.items).toHaveLength(1);
    expect(paged.body.nextCursor).not.toBeNull();
  });
});
