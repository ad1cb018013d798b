import { type Assignment, type AssignmentBatch, type Problem } from '@assay/contracts';
import { nativeBucket } from '@assay/evaluation';
import {
  Assignment as AssignmentRow,
  Environment,
  Experiment,
  Project,
  Segment,
  Variant,
  type EntityManager,
} from '@assay/models';
import { anExperiment, type ExperimentFields } from '@assay/testing';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AssignmentProcess } from '../testing/assignment-process.js';

const VECTORS = process.env.ASSAY_VECTORS ?? fileURLToPath(new URL('../../../../../shared/vectors', import.meta.url));
const HASH_VECTORS = `${VECTORS}/hash/native.json`;
// Vectors lie beside the repository, not in it.
const hasVectors = existsSync(HASH_VECTORS);
if (!hasVectors) console.warn(`No hash vectors at ${HASH_VECTORS}, set ASSAY_VECTORS: they are skipped`);
const PATH = '/api/v1/assignments';

let node: AssignmentProcess;
let scene: Awaited<ReturnType<AssignmentProcess['project']>>;

beforeAll(async () => {
  node = await AssignmentProcess.start();
  scene = await node.project();
});
afterAll(() => node.stop());

type Settings = Partial<Pick<Experiment, 'coverage' | 'targetingRules' | 'unit' | 'salt' | 'status'>>;

async function running(fields: ExperimentFields = {}, settings: Settings = {}): Promise<Experiment> {
  return node.experiment(async (em) => {
    const row = anExperiment(em, { status: 'ACTIVE', project: await projectIn(em), ...fields });
    em.assign(row, settings);
    return row;
  });
}

const projectIn = (em: EntityManager): Promise<Project> =>
  em.findOneOrFail(Project, scene.project.id, { populate: ['environments'] });

async function change(experiment: Experiment, settings: Settings): Promise<void> {
  await node.experiment(async (em) => em.assign(await em.findOneOrFail(Experiment, experiment.id), settings));
}

async function allocate(experiment: Experiment, shares: readonly number[]): Promise<void> {
  await node.experiment(async (em) => {
    const row = await em.findOneOrFail(Experiment, experiment.id);
    const variants = await em.find(Variant, { experiment: experiment.id }, { orderBy: { position: 'asc' } });
    variants.forEach((variant, index) => em.assign(variant, { trafficAllocation: shares[index] ?? 0 }));
    return row;
  });
}

const assign = (experiment: Experiment | string, userId: string, context?: object, at = node) =>
  at.post<Assignment>(
    PATH,
    { experiment: typeof experiment === 'string' ? experiment : experiment.key, userId, ...(context && { context }) },
    { as: scene.key },
  );

const stored = (experiment: Experiment) => node.em.count(AssignmentRow, { experiment: experiment.id });

describe('a unit that is new', () => {
  it('gets the variant of its hash, once and for ever', async () => {
    const experiment = await running();
    const { status, body } = await assign(experiment, 'user-1', { country: 'NO' });
    const { bucket } = nativeBucket(experiment.salt, 'user-1');
    const [control, treatment] = experiment.variants.getItems();
    const expected = bucket < 50_000 ? control : treatment;
    expect(status).toBe(200);
    expect(body).toEqual({
      experimentId: experiment.id,
      experimentKey: experiment.key,
      userId: 'user-1',
      enrolled: true,
      reason: 'ASSIGNED',
      variantId: expected?.id,
      variantKey: expected?.key,
      configuration: {},
      bucket,
      definitionVersion: experiment.version,
      sticky: false,
    });
    const again = await assign(experiment.id, 'user-1');
    expect(again.body).toEqual({ ...body, reason: 'STICKY', sticky: true });
    const row = await node.em.findOneOrFail(AssignmentRow, { experiment: experiment.id, userId: 'user-1' });
    expect(row).toMatchObject({ context: { country: 'NO' }, bucket, propensity: 0.5 });
  });

  it('is told of on the log exactly once, at the time of its row', async () => {
    const experiment = await running();
    await Promise.all(Array.from({ length: 20 }, () => assign(experiment, 'told')));
    const row = await node.em.findOneOrFail(AssignmentRow, { experiment: experiment.id });
    const messages = await recordedOf(experiment);
    expect(messages).toEqual([
      {
        projectId: scene.project.id,
        experimentId: experiment.id,
        variantId: row.variant.id,
        userId: 'told',
        at: row.createdAt.getTime(),
        definitionVersion: experiment.version,
        propensity: 0.5,
        bucket: row.bucket,
      },
    ]);
  });

  (hasVectors ? it : it.skip)('stands where the published vectors say', async () => {
    const { cases } = JSON.parse(readFileSync(HASH_VECTORS, 'utf8')) as {
      cases: { salt: string; unit: string; bucket: number }[];
    };
    expect(cases.length).toBeGreaterThan(5);
    const experiment = await running({ allocations: [0, 100] });
    for (const { salt, unit, bucket } of cases) {
      await change(experiment, { salt });
      const { body } = await assign(experiment, `${salt}/${unit}`, { device: unit });
      expect(body.bucket).toBe(nativeBucket(salt, `${salt}/${unit}`).bucket);
      await change(experiment, { unit: ['device', 'userId'] });
      expect((await assign(experiment, `device/${salt}/${unit}`, { device: unit })).body.bucket).toBe(bucket);
      await change(experiment, { unit: ['userId'] });
      const direct = await assign(await running({}, { salt }), unit);
      expect(direct.body.bucket).toBe(bucket);
    }
  });

  it('gets one variant when many processes and requests ask at once', async () => {
    const experiment = await running();
    // The other process boots with a definition by which half of the units would go to the other variant.
    await node.sql.query(`UPDATE experimentation.experiments SET salt = 'other' WHERE id = $1`, [experiment.id]);
    const other = await AssignmentProcess.start(node.databaseUrl);
    try {
      const winners = new Set<AssignmentProcess>();
      for (let attempt = 0; attempt < 80; attempt += 1) {
        const asked = [node, other, node, other];
        const answers = await Promise.all(asked.map((at) => assign(experiment, `racer-${attempt}`, undefined, at)));
        expect(new Set(answers.map(({ body }) => body.variantId)).size).toBe(1);
        expect(answers.filter(({ body }) => !body.sticky)).toHaveLength(1);
        answers.forEach(({ body }, index) => {
          const at = asked[index];
          if (!body.sticky && at !== undefined) winners.add(at);
        });
      }
      expect(winners.size).toBe(2);
      expect(await stored(experiment)).toBe(80);
      expect(await recordedOf(experiment, 80)).toHaveLength(80);
    } finally {
      await other.stop();
    }
  });
});

describe('a unit that was assigned', () => {
  const users = Array.from({ length: 300 }, (_, index) => `kept-${index}`);

  it('keeps its variant over edits of allocation, coverage and targeting, over a pause and a restart', async () => {
    const experiment = await running({}, { coverage: 60 });
    const variantsOf = async (at = node) => {
      const answers = await Promise.all(users.map((userId) => assign(experiment, userId, { country: 'NO' }, at)));
      expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
      return new Map(answers.map(({ body }) => [body.userId, body.variantKey]));
    };
    const first = await variantsOf();
    const enrolled = users.filter((userId) => first.get(userId) !== null);
    expect(enrolled.length).toBeGreaterThan(140);
    expect(enrolled.length).toBeLessThan(220);

    await allocate(experiment, [5, 95]);
    await change(experiment, { coverage: 100 });
    const grown = await variantsOf();
    for (const userId of enrolled) expect(grown.get(userId)).toBe(first.get(userId));
    expect([...grown.values()].every((key) => key !== null)).toBe(true);

    await change(experiment, { coverage: 1, targetingRules: { attr: 'country', op: 'in', values: ['SE'] } });
    expect(await variantsOf()).toEqual(grown);
    await change(experiment, { status: 'PAUSED' });
    const restarted = await AssignmentProcess.start(node.databaseUrl);
    try {
      expect(await variantsOf(restarted)).toEqual(grown);
      const late = await assign(experiment, 'late', { country: 'SE' }, restarted);
      expect(late.body).toMatchObject({ enrolled: false, reason: 'NOT_ACTIVE', variantId: null, configuration: null });
    } finally {
      await restarted.stop();
    }
  });
});

describe('a unit that is left out', () => {
  it.each<[string, Settings, string]>([
    ['is not targeted', { targetingRules: { attr: 'country', op: 'in', values: ['NO'] } }, 'NOT_TARGETED'],
    ['is outside of the coverage', { coverage: 0 }, 'NOT_IN_COVERAGE'],
    ['has no unit', { unit: ['deviceId'] }, 'NO_UNIT'],
    ['asks for a draft', { status: 'DRAFT' }, 'NOT_ACTIVE'],
    ['asks for a paused one', { status: 'PAUSED' }, 'NOT_ACTIVE'],
    ['asks for a completed one', { status: 'COMPLETED' }, 'NOT_ACTIVE'],
    ['asks for an archived one', { status: 'ARCHIVED' }, 'NOT_ACTIVE'],
  ])('hears why when it %s, and nothing is stored', async (_, settings, reason) => {
    const experiment = await running({}, settings);
    const { status, body } = await assign(experiment, 'u1', { country: 'SE' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ enrolled: false, reason, variantId: null, variantKey: null, configuration: null });
    expect(await stored(experiment)).toBe(0);
  });

  it('is one of another environment', async () => {
    const experiment = await node.experiment(async (em) => {
      const row = anExperiment(em, { status: 'ACTIVE', project: await projectIn(em) });
      const environment = em.create(Environment, { project: scene.project.id, key: 'staging', name: 'Staging' });
      return em.assign(row, { environment });
    });
    expect((await assign(experiment, 'u1')).body).toMatchObject({ enrolled: false, reason: 'NOT_ACTIVE' });
    expect(await stored(experiment)).toBe(0);
  });

  it('sees segments as they are now', async () => {
    const segment = await node.segment((em) =>
      em.create(Segment, { project: scene.project.id, key: 'nordic', name: 'Nordic', condition: false }),
    );
    const experiment = await running({}, { targetingRules: { segment: 'nordic' } });
    expect((await assign(experiment, 'u1', { country: 'SE' })).body.reason).toBe('NOT_TARGETED');
    await node.segment(async (em) =>
      em.assign(await em.findOneOrFail(Segment, segment.id), {
        condition: { attr: 'country', op: 'in', values: ['SE'] },
      }),
    );
    expect((await assign(experiment, 'u1', { country: 'SE' })).body.enrolled).toBe(true);
  });
});

describe('a batch', () => {
  it('assigns to the named experiments, or to all that are open', async () => {
    const [one, two, draft] = await Promise.all([running(), running(), running({}, { status: 'DRAFT' })]);
    const batch = (experiments?: string[]) =>
      node.post<AssignmentBatch>(
        `${PATH}/batch`,
        { userId: 'b1', context: {}, ...(experiments && { experiments }) },
        { as: scene.key },
      );
    const named = await batch([two.key, one.id, draft.key]);
    expect(named.body.assignments.map(({ experimentKey, reason }) => [experimentKey, reason])).toEqual([
      [two.key, 'ASSIGNED'],
      [one.key, 'ASSIGNED'],
      [draft.key, 'NOT_ACTIVE'],
    ]);
    const all = await batch();
    const keys = all.body.assignments.map(({ experimentKey }) => experimentKey);
    expect(keys).toEqual([...keys].sort());
    expect(keys).toEqual(expect.arrayContaining([one.key, two.key]));
    expect(keys).not.toContain(draft.key);
    expect((await batch(['no-such'])).status).toBe(404);
  });
});

describe('bad input', () => {
  const body = { experiment: 'x', userId: 'u1' };

  it.each<[string, unknown, string]>([
    ['an unknown field', { ...body, user: 'u1' }, 'user'],
    ['no user', { experiment: 'x' }, 'userId'],
    ['a user of 257 characters', { ...body, userId: 'u'.repeat(257) }, 'userId'],
    ['a user with NUL', { ...body, userId: 'u\u0000' }, 'userId'],
    ['a number as user', { ...body, userId: 7 }, 'userId'],
    ['a context that is a list', { ...body, context: [] }, 'context'],
    ['a context over 64 KiB', { ...body, context: { text: 'é'.repeat(33_000) } }, 'context'],
    ['a context with NUL', { ...body, context: { text: '\u0000' } }, 'context.text'],
  ])('%s is 400 with its path', async (_, sent, path) => {
    const answer = await node.post<Problem>(PATH, sent, { as: scene.key });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'validation_failed', errors: [{ path }] });
  });

  it('an unknown experiment is 404, no key 401, a client key 403', async () => {
    expect((await assign('no-such', 'u1')).status).toBe(404);
    expect((await node.post(PATH, body)).status).toBe(401);
    const client = await node.key(scene.project, 'client');
    expect((await node.post(PATH, body, { as: client })).status).toBe(403);
  });

  it('an experiment of another project is 404', async () => {
    const experiment = await node.experiment((em) => anExperiment(em, { status: 'ACTIVE' }));
    expect((await assign(experiment, 'u1')).status).toBe(404);
    expect((await assign(experiment.id, 'u1')).status).toBe(404);
    expect(await stored(experiment)).toBe(0);
  });
});

/** The data of the messages about an experiment, once there are as many as expected. */
async function recordedOf(experiment: Experiment, expected = 1): Promise<unknown[]> {
  for (let waited = 0; waited < 200; waited += 1) {
    const data = node.recorded.filter(({ experimentId }) => experimentId === experiment.id);
    if (data.length >= expected) return data;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return [];
}
