import type { Assignment, AssignmentExplanation, Page, Problem, StoredAssignment } from '@assay/contracts';
import { nativeBucket } from '@assay/evaluation';
import { Experiment, ExperimentRevision, Project, Variant } from '@assay/models';
import { anExperiment } from '@assay/testing';
import { AssignmentProcess } from '../testing/assignment-process.js';

const PATH = '/api/v1/assignments';
let node: AssignmentProcess;
let scene: Awaited<ReturnType<AssignmentProcess['project']>>;
let experiment: Experiment;

beforeAll(async () => {
  node = await AssignmentProcess.start();
  scene = await node.project();
});
afterAll(() => node.stop());
beforeEach(async () => {
  experiment = await node.experiment(async (em) => {
    const project = await em.findOneOrFail(Project, scene.project.id, { populate: ['environments'] });
    const row = anExperiment(em, { project, status: 'ACTIVE' });
    return em.assign(row, { coverage: 80, targetingRules: { attr: 'country', op: 'in', values: ['NO'] } });
  });
});

/** A user whom the coverage of the experiment lets in. */
const insider = (): string =>
  Array.from({ length: 100 }, (_, unit) => `user-${unit}`).find(
    (userId) => nativeBucket(`${experiment.key}:coverage`, userId).bucket < 80_000,
  ) ?? '';

const assign = (userId: string) =>
  node.post<Assignment>(PATH, { experiment: experiment.key, userId, context: { country: 'NO' } }, { as: scene.key });

async function explain(userId: string, more = '') {
  const query = `experiment=${experiment.key}&userId=${encodeURIComponent(userId)}${more}`;
  const { status, body } = await node.get<AssignmentExplanation>(`${PATH}/explain?${query}`, { as: scene.key });
  expect(status).toBe(200);
  return body;
}

describe('an explanation', () => {
  it('gives what anybody needs to compute the assignment again', async () => {
    const userId = insider();
    const { body } = await assign(userId);
    const { recorded, recomputed, agrees, current } = await explain(userId);
    const { hash, bucket } = nativeBucket(experiment.salt, userId);
    expect(agrees).toBe(true);
    expect(recorded).toMatchObject({ variantId: body.variantId, bucket, context: { country: 'NO' } });
    expect(recomputed).toMatchObject({
      definitionVersion: experiment.version,
      unit: { attribute: 'userId', value: userId },
      split: { input: `${experiment.salt}:${userId}`, hash, bucket },
      coverage: { input: `${experiment.key}:coverage:${userId}`, percent: 80, inside: true },
      targeting: { matched: true },
      matchedRule: { kind: 'variant', range: bucket < 50_000 ? [0, 0.5] : [0.5, 1] },
      reason: 'ASSIGNED',
      variantKey: body.variantKey,
    });
    expect(current).toEqual(recomputed);
  });

  it('goes back to the version that decided, as its revision says', async () => {
    const userId = insider();
    const { body } = await assign(userId);
    const before = { version: experiment.version, variants: experiment.variants.getItems() };
    await node.experiment(async (em) => {
      em.create(ExperimentRevision, {
        experiment: experiment.id,
        version: before.version,
        change: 'started',
        definition: {
          key: experiment.key,
          status: 'ACTIVE',
          unit: experiment.unit,
          coverage: 80,
          targetingRules: experiment.targetingRules,
          variants: before.variants.map(({ id, key, trafficAllocation, configuration, isControl }) => ({
            id,
            key,
            trafficAllocation,
            configuration,
            isControl,
          })),
        },
      });
      const variants = await em.find(Variant, { experiment: experiment.id });
      for (const variant of variants) variant.trafficAllocation = variant.id === body.variantId ? 0 : 100;
      return em.findOneOrFail(Experiment, experiment.id);
    });
    const { current, recomputed, agrees } = await explain(userId);
    expect(recomputed).toMatchObject({ definitionVersion: before.version, variantKey: body.variantKey });
    expect(agrees).toBe(true);
    expect(current.definitionVersion).toBe(before.version + 1);
    expect(current.variantKey).not.toBe(body.variantKey);
  });

  it('knows of an earlier version which part of its layer it had', async () => {
    const condition = { bucket: { salt: 'layer:x.1', unit: ['userId'], in: [[0, 0.5]] } };
    await node.experiment(async (em) => {
      const row = await em.findOneOrFail(Experiment, experiment.id, { populate: ['variants'] });
      const admission = { layer: { key: 'x', share: 0.5, condition }, holdouts: [] };
      return em.assign(row, { coverage: 50, targetingRules: null, layer: 'x', admission });
    });
    // Of the layer's part, but not among those whom a coverage of 50 % by hash would let in.
    const userId =
      Array.from({ length: 100 }, (_, unit) => `layered-${unit}`).find(
        (unit) =>
          nativeBucket('layer:x.1', unit).fraction < 0.5 &&
          nativeBucket(`${experiment.key}:coverage`, unit).fraction >= 0.5,
      ) ?? '';
    const { body } = await assign(userId);
    expect(body.enrolled).toBe(true);
    await node.experiment(async (em) => {
      const row = await em.findOneOrFail(Experiment, experiment.id, { populate: ['variants'] });
      const { key, unit, coverage, status } = row;
      const variants = row.variants.getItems().map((variant) => ({
        id: variant.id,
        key: variant.key,
        isControl: variant.isControl,
        trafficAllocation: variant.trafficAllocation,
        configuration: {},
      }));
      const definition = { key, unit, coverage, status, targetingRules: null, variants };
      em.create(ExperimentRevision, { experiment: row, version: row.version, change: 'updated', definition });
      return em.assign(row, { description: 'A later version' });
    });
    const { recomputed, agrees } = await explain(userId);
    expect([recomputed?.reason, agrees]).toEqual(['ASSIGNED', true]);
  });

  it('says of a version that is not kept that it cannot tell', async () => {
    const userId = insider();
    await assign(userId);
    await node.experiment(async (em) => em.assign(await em.findOneOrFail(Experiment, experiment.id), { coverage: 81 }));
    expect(await explain(userId)).toMatchObject({ recomputed: null, agrees: null });
  });

  it('notices an assignment that was not made by the hash', async () => {
    const userId = insider();
    const { body } = await assign(userId);
    await node.sql.query(
      `UPDATE experimentation.assignments SET variant_id =
        (SELECT id FROM experimentation.variants WHERE experiment_id = $1 AND id <> $2) WHERE experiment_id = $1`,
      [experiment.id, body.variantId],
    );
    expect((await explain(userId)).agrees).toBe(false);
  });

  it('says what keeps a unit out that was never assigned', async () => {
    expect(await explain('nobody')).toMatchObject({
      recorded: null,
      recomputed: null,
      agrees: null,
      current: { reason: 'NOT_TARGETED', matchedRule: { kind: 'targeting' }, targeting: { matched: false } },
    });
    const context = encodeURIComponent(JSON.stringify({ country: 'NO' }));
    expect((await explain(insider(), `&context=${context}`)).current.reason).toBe('ASSIGNED');
    const bad = await node.get<Problem>(`${PATH}/explain?experiment=x&userId=u&context=%5B%5D`, { as: scene.key });
    expect(bad.status).toBe(404);
    const query = `experiment=${experiment.key}&userId=u&context=nonsense`;
    expect((await node.get<Problem>(`${PATH}/explain?${query}`, { as: scene.key })).body.errors).toMatchObject([
      { path: 'context' },
    ]);
  });
});

describe('the list of assignments', () => {
  it('is filtered and paged', async () => {
    const users = Array.from({ length: 40 }, (_, unit) => `listed-${unit}`);
    const answers = await Promise.all(users.map(assign));
    const enrolled = answers.filter(({ body }) => body.enrolled).map(({ body }) => body.userId);
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await node.get<Page<StoredAssignment>>(`${PATH}?experiment=${experiment.key}&limit=7${cursor}`, {
        as: scene.key,
      });
      expect(body.total).toBe(enrolled.length);
      seen.push(...body.items.map(({ userId }) => userId));
      if (body.nextCursor === null) break;
      cursor = `&cursor=${body.nextCursor}`;
    }
    expect(seen.sort()).toEqual(enrolled.sort());
    const [user = ''] = enrolled;
    const one = await node.get<Page<StoredAssignment>>(`${PATH}?userId=${user}&experiment=${experiment.id}`, {
      as: scene.key,
    });
    expect(one.body.items).toMatchObject([{ userId: user, experimentKey: experiment.key, propensity: 0.5 }]);
    const totalOf = async (q: string) =>
      (
        await node.get<Page<StoredAssignment>>(`${PATH}?experiment=${experiment.key}&sort=userId&q=${q}`, {
          as: scene.key,
        })
      ).body.total;
    expect(await totalOf('listed-1')).toBe(enrolled.filter((userId) => userId.startsWith('listed-1')).length);
    expect([await totalOf('isted'), await totalOf('listed_')]).toEqual([0, 0]);
  });

  it('ends at the project', async () => {
    await assign(insider());
    const { key } = await node.project();
    expect((await node.get<Page<StoredAssignment>>(PATH, { as: key })).body).toMatchObject({ total: 0, items: [] });
    const named = await node.get<Page<StoredAssignment>>(`${PATH}?experiment=${experiment.id}`, { as: key });
    expect(named.body.items).toEqual([]);
  });
});
