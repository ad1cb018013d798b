import { aProject, aUser, environmentOf, openTestOrm, type TestOrm } from '@assay/testing';
import { randomUUID } from 'node:crypto';
import { ApiKey, Environment, Permission, Project, Role, Session, User, type EntityManager } from '../index.js';

const NEXT_YEAR = new Date('2027-01-01T00:00:00Z');

describe('the tables of the identity service', () => {
  let test: TestOrm;
  let em: EntityManager;
  beforeAll(async () => {
    test = await openTestOrm();
  });
  beforeEach(() => {
    em = test.fork();
  });
  afterAll(() => test.close());

  it.each([
    ['user name', { username: 'Åse' }, { username: 'åSE', email: 'other@example.com' }, 'users_username_unique'],
    ['e-mail address', { email: 'Ada@Example.com' }, { email: 'ada@example.COM' }, 'users_email_unique'],
  ])('refuses a second user whose %s differs in case only', async (_what, one, other, constraint) => {
    aUser(em, one);
    await em.flush();
    aUser(em, other);
    await expect(em.flush()).rejects.toMatchObject({ code: '23505', constraint });
  });

  it.each([
    ['role', () => em.create(Role, { name: 'editor' }), 'roles_name_unique'],
    [
      'permission of one name',
      () => em.create(Permission, { name: 'flag:read', resource: randomUUID(), action: 'read' }),
      'permissions_name_unique',
    ],
    [
      'permission for one action on one resource',
      () => em.create(Permission, { name: randomUUID(), resource: 'experiment', action: 'start' }),
      'permissions_resource_action_unique',
    ],
    ['project of one key', () => aProject(em, { key: 'default' }), 'projects_key_unique'],
  ])('refuses a second %s', async (_what, make, constraint) => {
    make();
    await em.flush();
    make();
    await expect(em.flush()).rejects.toMatchObject({ code: '23505', constraint });
  });

  it('refuses a second environment of one key in a project', async () => {
    const project = aProject(em);
    em.create(Environment, { project, key: 'production', name: 'Again' });
    await expect(em.flush()).rejects.toMatchObject({ constraint: 'environments_project_key_unique' });
  });

  it('lists a role of its users, a user of its roles, and permissions both ways', async () => {
    const [ada, grace] = [aUser(em), aUser(em)];
    const permission = em.create(Permission, { name: 'segment:read', resource: 'segment', action: 'read' });
    const role = em.create(Role, { name: randomUUID(), permissions: [permission] });
    ada.roles.add(role);
    grace.roles.add(role);
    await em.flush();

    const loaded = await test.fork().findOneOrFail(User, ada.id, { populate: ['roles.permissions'] });
    expect(loaded.roles.getItems().flatMap((item) => item.permissions.getIdentifiers())).toEqual([permission.id]);

    const back = await test.fork().findOneOrFail(Permission, permission.id, { populate: ['roles.users'] });
    const users = back.roles.getItems().flatMap((item) => item.users.getItems());
    expect(users.map(({ id }) => id).sort()).toEqual([ada.id, grace.id].sort());
  });

  it('keeps user, role and permission when a link between them goes, and drops the link with either end', async () => {
    const user = aUser(em);
    const [kept, removed] = [em.create(Role, { name: randomUUID() }), em.create(Role, { name: randomUUID() })];
    user.roles.add(kept, removed);
    await em.flush();
    await test.fork().nativeDelete(Role, removed.id);
    const reader = test.fork();
    const loaded = await reader.findOneOrFail(User, user.id, { populate: ['roles'] });
    expect(loaded.roles.getIdentifiers()).toEqual([kept.id]);
    loaded.roles.removeAll();
    await reader.flush();
    expect(await test.fork().count(Role, { id: kept.id })).toBe(1);
    const links = await em.execute('select 1 from experimentation.roles_users where user_id = ?', [user.id]);
    expect(links).toEqual([]);
  });

  describe('api keys', () => {
    const key = () => ({ name: 'A key', prefix: 'assay_sk_1234', keyHash: randomUUID() });

    it.each([
      ['server key without a project', () => ({ kind: 'server' as const })],
      ['client key without an environment', () => ({ kind: 'client' as const, project: aProject(em) })],
      ['personal key without a user', () => ({ kind: 'personal' as const, project: aProject(em) })],
    ])('refuses a %s', async (_what, fields) => {
      em.create(ApiKey, { ...key(), ...fields() });
      await expect(em.flush()).rejects.toMatchObject({ code: '23514', constraint: 'api_keys_scope_check' });
    });

    it('accepts one of each kind, and refuses a kind that is none', async () => {
      const project = aProject(em);
      em.create(ApiKey, { ...key(), kind: 'server', project, environment: environmentOf(project) });
      em.create(ApiKey, { ...key(), kind: 'client', project, environment: environmentOf(project) });
      const { id } = em.create(ApiKey, { ...key(), kind: 'personal', user: aUser(em) });
      await em.flush();
      const rename = em.execute(`update experimentation.api_keys set kind = 'admin' where id = ?`, [id]);
      await expect(rename).rejects.toMatchObject({ constraint: 'api_keys_kind_check' });
    });

    it('refuses a hash that is there already', async () => {
      const twice = key();
      em.create(ApiKey, { ...twice, kind: 'personal', user: aUser(em) });
      em.create(ApiKey, { ...twice, kind: 'personal', user: aUser(em) });
      await expect(em.flush()).rejects.toMatchObject({ constraint: 'api_keys_key_hash_unique' });
    });

    it('go with their project or user, and outlive who made them', async () => {
      const [project, owner, maker] = [aProject(em), aUser(em), aUser(em)];
      const scope = { project, environment: environmentOf(project), createdBy: maker };
      const server = em.create(ApiKey, { ...key(), kind: 'server', ...scope });
      const personal = em.create(ApiKey, { ...key(), kind: 'personal', user: owner, createdBy: maker });
      await em.flush();

      await test.fork().nativeDelete(User, maker.id);
      expect((await test.fork().findOneOrFail(ApiKey, server.id)).createdBy).toBeNull();
      await test.fork().nativeDelete(Project, project.id);
      await test.fork().nativeDelete(User, owner.id);
      expect(await test.fork().count(ApiKey, { id: [server.id, personal.id] })).toBe(0);
    });
  });

  it('refuses a refresh token that is there already, and ends the sessions of a user who is deleted', async () => {
    const user = aUser(em);
    const session = { user, familyId: randomUUID(), tokenHash: randomUUID(), expiresAt: NEXT_YEAR };
    em.create(Session, session);
    await em.flush();
    const twice = test.fork();
    twice.create(Session, { ...session, user: user.id });
    await expect(twice.flush()).rejects.toMatchObject({ constraint: 'sessions_token_hash_unique' });
    await test.fork().nativeDelete(User, user.id);
    expect(await test.fork().count(Session, { familyId: session.familyId })).toBe(0);
  });
});
