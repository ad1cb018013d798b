import { aFlag, aProject, aUser, anExperiment, openTestOrm, type TestOrm } from '@assay/testing';
import { randomUUID } from 'node:crypto';
import { ApiKey, Experiment, Permission, Role, Session, User, Variant, type EntityManager } from '../index.js';

const SECRETS = /hashedPassword|keyHash|tokenHash|hashed_password|key_hash|token_hash|s3cret/;

describe('BaseEntity', () => {
  let test: TestOrm;
  let em: EntityManager;
  beforeAll(async () => {
    test = await openTestOrm();
  });
  beforeEach(() => {
    em = test.fork();
  });
  afterAll(() => test.close());

  it('has a UUID v7 before it is stored, and later ones are greater', () => {
    const ids = Array.from({ length: 100 }, () => aUser(em).id);
    expect(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(
      true,
    );
    expect([...ids].sort()).toEqual(ids);
  });

  it('is created and updated at one moment, and updated later by a change', async () => {
    const user = aUser(em);
    await em.flush();
    expect(user.updatedAt).toEqual(user.createdAt);
    await new Promise((resolve) => setTimeout(resolve, 5));
    user.fullName = 'Ada Lovelace';
    await em.flush();
    const stored = await test.fork().findOneOrFail(User, user.id);
    expect(stored.createdAt).toEqual(user.createdAt);
    expect(stored.updatedAt.getTime()).toBeGreaterThan(stored.createdAt.getTime());
  });

  describe('toJSON', () => {
    it('is the same plain object, before and after it was stored', async () => {
      const user = aUser(em, { username: 'plain' });
      const expected = {
        id: user.id,
        createdAt: user.createdAt.toISOString(),
        updatedAt: user.updatedAt.toISOString(),
        username: 'plain',
        email: 'plain@example.com',
        fullName: '',
        isActive: true,
        isSuperuser: false,
        lastLogin: null,
        preferences: {},
      };
      expect(user.toJSON()).toMatchObject(expected);
      await em.flush();
      const stored = await test.fork().findOneOrFail(User, user.id);
      expect(stored.toJSON()).toEqual({ ...expected, version: 1 });
      expect(JSON.parse(JSON.stringify(stored))).toEqual({ ...expected, version: 1 });
    });

    it('never shows a password, a key or a token, directly or through a relation', async () => {
      const user = aUser(em);
      user.hashedPassword = 's3cret';
      const expiresAt = new Date();
      const key = em.create(ApiKey, { name: 'k', kind: 'personal', prefix: 'a', keyHash: 's3cret-key', user });
      const session = em.create(Session, { user, familyId: randomUUID(), tokenHash: 's3cret-token', expiresAt });
      const experiment = anExperiment(em, { owner: user });
      await em.flush();
      const reader = test.fork();
      const printed = [
        user,
        key,
        session,
        await reader.findOneOrFail(User, user.id, { populate: ['experiments'] }),
        await reader.findOneOrFail(ApiKey, key.id, { populate: ['user'] }),
        await reader.findOneOrFail(Session, session.id, { populate: ['user'] }),
        await reader.findOneOrFail(Experiment, experiment.id, { populate: ['owner'] }),
      ];
      for (const entity of printed) {
        expect(JSON.stringify(entity)).toContain(user.id);
        expect(JSON.stringify(entity)).not.toMatch(SECRETS);
      }
    });

    it('shows a relation where it is loaded, and only its id where it is not', async () => {
      const { id, owner, project } = anExperiment(em);
      await em.flush();
      const bare = (await test.fork().findOneOrFail(Experiment, id)).toJSON();
      expect(bare).toMatchObject({ ownerId: owner.id, projectId: project.id });
      for (const relation of ['owner', 'project', 'variants', 'metricDefinitions', 'assignments', 'events']) {
        expect(bare).not.toHaveProperty(relation);
      }
      const loaded = await test.fork().findOneOrFail(Experiment, id, { populate: ['owner', 'variants'] });
      expect(loaded.toJSON()).toMatchObject({
        owner: { id: owner.id },
        ownerId: owner.id,
        variants: [
          { key: 'control', trafficAllocation: 50, experimentId: id },
          { key: 'treatment-1', trafficAllocation: 50, experimentId: id },
        ],
      });
    });

    it('leaves null where a relation is not set', async () => {
      const key = em.create(ApiKey, {
        name: 'k',
        kind: 'personal',
        prefix: 'a',
        keyHash: randomUUID(),
        user: aUser(em),
      });
      await em.flush();
      const stored = await test.fork().findOneOrFail(ApiKey, key.id);
      expect(stored.toJSON()).toMatchObject({
        projectId: null,
        environmentId: null,
        createdById: null,
        expiresAt: null,
      });
    });

    it('ends where loaded relations lead back', async () => {
      const user = aUser(em);
      const role = em.create(Role, { name: randomUUID() });
      role.permissions.add(em.create(Permission, { name: randomUUID(), resource: randomUUID(), action: 'read' }));
      user.roles.add(role);
      await em.flush();
      const loaded = await test.fork().findOneOrFail(Role, role.id, { populate: ['users.roles', 'permissions.roles'] });
      expect(loaded.toJSON()).toMatchObject({
        users: [{ id: user.id, roles: [{ id: role.id }] }],
        permissions: [{ action: 'read', roles: [{ id: role.id }] }],
      });
      const { id } = anExperiment(em);
      await em.flush();
      const [variant] = await test.fork().find(Variant, { experiment: id }, { populate: ['experiment.variants'] });
      const experiment = variant?.toJSON().experiment as { variants: { id: string }[] };
      expect(experiment.variants[0]).toEqual({ id: variant?.id });
    });

    it('is a copy: what was printed stays when the entity changes', () => {
      const flag = aFlag(em, { project: aProject(em) });
      flag.tags = ['one'];
      const before = flag.toJSON();
      flag.tags.push('two');
      expect(before.tags).toEqual(['one']);
    });
  });
});
