import { aFlag, aProject, aUser, openTestOrm, type TestOrm } from '@assay/testing';
import {
  Event,
  FeatureFlag,
  FeatureFlagOverride,
  FlagRevision,
  Segment,
  User,
  type EntityManager,
  type JsonValue,
} from '../index.js';

describe('the tables of the flags service', () => {
  let test: TestOrm;
  let em: EntityManager;
  beforeAll(async () => {
    test = await openTestOrm();
  });
  beforeEach(() => {
    em = test.fork();
  });
  afterAll(() => test.close());

  it.each([[-0.001], [100.001], [101]])('refuses a rollout of %p percent', async (rolloutPercentage) => {
    aFlag(em, { rolloutPercentage });
    await expect(em.flush()).rejects.toMatchObject({
      code: '23514',
      constraint: 'feature_flags_rollout_percentage_check',
    });
  });

  it.each([[0], [33.333], [100]])('accepts and returns a rollout of %p percent', async (rolloutPercentage) => {
    const { id } = aFlag(em, { rolloutPercentage });
    await em.flush();
    expect((await test.fork().findOneOrFail(FeatureFlag, id)).rolloutPercentage).toBe(rolloutPercentage);
  });

  it.each([
    [`status = 'ON'`, 'feature_flags_status_check'],
    [`type = 'date'`, 'feature_flags_type_check'],
  ])('refuses a flag with %s', async (assignment, constraint) => {
    aFlag(em);
    await em.flush();
    await expect(em.execute(`update experimentation.feature_flags set ${assignment}`)).rejects.toMatchObject({
      constraint,
    });
  });

  it('refuses a second flag of one key in a project, and accepts it in another', async () => {
    const project = aProject(em);
    aFlag(em, { project, key: 'dark-mode' });
    aFlag(em, { key: 'dark-mode' });
    await em.flush();
    aFlag(em, { project, key: 'dark-mode' });
    await expect(em.flush()).rejects.toMatchObject({ code: '23505', constraint: 'feature_flags_project_key_unique' });
  });

  it('refuses a second segment of one key in a project', async () => {
    const project = aProject(em);
    for (const name of ['Staff', 'Staff again']) em.create(Segment, { project, key: 'staff', name, condition: true });
    await expect(em.flush()).rejects.toMatchObject({ constraint: 'segments_project_key_unique' });
  });

  it('refuses a second override of one user, and a second revision of one number', async () => {
    const featureFlag = aFlag(em);
    await em.flush();
    for (const value of [true, false]) em.create(FeatureFlagOverride, { featureFlag, userId: 'u1', value });
    await expect(em.flush()).rejects.toMatchObject({ constraint: 'feature_flag_overrides_flag_user_unique' });

    const other = test.fork();
    for (const change of ['created', 'changed']) {
      other.create(FlagRevision, { featureFlag: featureFlag.id, version: 1, definition: {}, change });
    }
    await expect(other.flush()).rejects.toMatchObject({ constraint: 'flag_revisions_flag_version_unique' });
  });

  it.each<[JsonValue]>([[false], [true], ['blue'], [0], [12.5], [{ color: 'blue' }], [[1, 'two']]])(
    'keeps the override value %p as it is',
    async (value) => {
      const { id } = em.create(FeatureFlagOverride, { featureFlag: aFlag(em), userId: 'u1', value });
      await em.flush();
      expect((await test.fork().findOneOrFail(FeatureFlagOverride, id)).value).toEqual(value);
    },
  );

  it('lists a flag of its owner, and its overrides and events; both ways', async () => {
    const owner = aUser(em);
    const flag = aFlag(em, { owner });
    const override = em.create(FeatureFlagOverride, { featureFlag: flag, userId: 'u1', value: true });
    const id = '0190b6a2-0000-7000-8000-000000000001';
    const fields = {
      projectId: flag.project.id,
      eventId: 'e1',
      eventType: 'click',
      userId: 'u1',
      createdAt: new Date(),
    };
    em.create(Event, { id, featureFlag: flag, ...fields });
    await em.flush();

    const user = await test.fork().findOneOrFail(User, owner.id, {
      populate: ['featureFlags.overrides', 'featureFlags.events'],
    });
    expect(user.featureFlags.getItems().map((item) => item.id)).toEqual([flag.id]);
    expect(user.featureFlags.getItems().flatMap((item) => item.overrides.getIdentifiers())).toEqual([override.id]);
    expect(user.featureFlags.getItems().flatMap((item) => item.events.getIdentifiers())).toEqual([id]);

    const back = await test.fork().findOneOrFail(FeatureFlagOverride, override.id, { populate: ['featureFlag.owner'] });
    expect(back.featureFlag.$.owner.$.username).toBe(owner.username);
    const event = await test.fork().findOneOrFail(Event, { id }, { populate: ['featureFlag'] });
    expect(event.featureFlag?.$.key).toBe(flag.key);
  });

  it('takes overrides and revisions along when it is deleted', async () => {
    const featureFlag = aFlag(em);
    em.create(FeatureFlagOverride, { featureFlag, userId: 'u1', value: true });
    em.create(FlagRevision, { featureFlag, version: 1, definition: {}, change: 'created' });
    await em.flush();
    await test.fork().nativeDelete(FeatureFlag, featureFlag.id);
    expect(await test.fork().count(FeatureFlagOverride, { featureFlag: featureFlag.id })).toBe(0);
    expect(await test.fork().count(FlagRevision, { featureFlag: featureFlag.id })).toBe(0);
  });
});
