import type { OfrepBulk, OfrepFailure, OfrepSuccess } from '@assay/contracts';
import type { Flag } from '@assay/evaluation';
import { Assignment, Environment, Experiment, FeatureFlag, Project, type EntityManager } from '@assay/models';
import { aFlag, anExperiment } from '@assay/testing';
import { AssignmentProcess } from '../testing/assignment-process.js';
import { ofrepSchema } from '../testing/ofrep-schema.js';

const PATH = '/ofrep/v1/evaluate/flags';
const schemaProblem = ofrepSchema();

let node: AssignmentProcess;
let scene: Awaited<ReturnType<AssignmentProcess['project']>>;
let clientKey: string;

beforeAll(async () => {
  node = await AssignmentProcess.start();
  scene = await node.project();
  clientKey = await node.key(scene.project, 'client');
});
afterAll(() => node.stop());

let made = 0;
const projectIn = (em: EntityManager): Promise<Project> =>
  em.findOneOrFail(Project, scene.project.id, { populate: ['environments'] });

async function flag(document: Partial<Flag> = {}, clientSide = false): Promise<FeatureFlag> {
  const key = `flag-${(made += 1)}`;
  const whole = {
    key,
    type: 'boolean',
    on: true,
    variants: { on: true, off: false },
    off: null,
    rules: [],
    ...document,
  };
  return node.flag(async (em) => {
    const row = aFlag(em, { project: await projectIn(em), key });
    return em.assign(row, { definition: whole, clientSide });
  });
}

async function experiment(status: Experiment['status'] = 'ACTIVE'): Promise<Experiment> {
  return node.experiment(async (em) => {
    const row = anExperiment(em, { project: await projectIn(em), status, key: `exp-${(made += 1)}` });
    row.variants.getItems().forEach((variant, level) => em.assign(variant, { configuration: { level } }));
    return row;
  });
}

type Single = OfrepSuccess & OfrepFailure;

/** One evaluation; each answer is held against the published document. */
async function evaluate(key: string, context: unknown = { targetingKey: 'u1' }, as = scene.key) {
  const answer = await node.post<Single>(`${PATH}/${encodeURIComponent(key)}`, { context }, { as });
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  const schema = { 200: 'serverEvaluationSuccess', 400: 'evaluationFailure', 404: 'flagNotFound' }[answer.status] ?? '';
  if (schemaProblem !== undefined) expect(schemaProblem(schema, answer.body)).toBe('');
  return answer;
}

const bulk = (context: object, as = scene.key, headers: Record<string, string> = {}) =>
  node.post<OfrepBulk>(PATH, { context }, { as, headers });

describe('a single evaluation', () => {
  it('answers values of every type with variant, reason and metadata', async () => {
    for (const [type, value] of [
      ['boolean', true],
      ['string', 'blue'],
      ['number', 12.5],
      ['number', 7],
      ['json', { a: [1] }],
    ] as const) {
      const { key, version } = await flag({ type, variants: { x: value }, default: { variant: 'x' } });
      const { status, body } = await evaluate(key);
      expect(status).toBe(200);
      const metadata = { flagSetId: `${scene.project.key}/production`, version };
      expect(body).toEqual({ key, value, variant: 'x', reason: 'STATIC', metadata });
    }
  });

  it('says why: targeting, split, disabled, nothing', async () => {
    const rules: Flag['rules'] = [
      { id: 'no', when: { attr: 'country', op: 'in', values: ['NO'] }, serve: { variant: 'on' } },
      { id: 'half', when: { bucket: { salt: 's', unit: ['userId'], in: [[0, 0.5]] } }, serve: { variant: 'on' } },
    ];
    const { key } = await flag({ rules, off: 'off', default: { off: true } });
    expect((await evaluate(key, { targetingKey: 'u1', country: 'NO' })).body).toMatchObject({
      value: true,
      reason: 'TARGETING_MATCH',
    });
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, unit) => evaluate(key, { targetingKey: `u${unit}` })),
    );
    expect(new Set(answers.map(({ body }) => `${JSON.stringify(body.value)} ${body.reason}`))).toEqual(
      new Set(['true SPLIT', 'false SPLIT']),
    );
    const off = await flag({ on: false });
    expect((await evaluate(off.key)).body).toEqual({
      key: off.key,
      reason: 'DISABLED',
      metadata: { flagSetId: `${scene.project.key}/production`, version: off.version },
    });
    const silent = await flag({ rules: [{ id: 'never', when: false, serve: { variant: 'on' } }] });
    const { body } = await evaluate(silent.key);
    expect(body).toMatchObject({ reason: 'UNKNOWN' });
    expect(body).not.toHaveProperty('value');
  });

  it('sees the targeting key as userId, unless the context names another user', async () => {
    const rules: Flag['rules'] = [
      { id: 'u1', when: { attr: 'userId', op: 'in', values: ['u1'] }, serve: { variant: 'on' } },
    ];
    const { key } = await flag({ rules, default: { variant: 'off' } });
    expect((await evaluate(key, { targetingKey: 'u1' })).body.value).toBe(true);
    expect((await evaluate(key, { targetingKey: 's', userId: 'u1' })).body.value).toBe(true);
    expect((await evaluate(key, { targetingKey: 'u1', userId: 'u2' })).body.value).toBe(false);
  });

  it('changes with its definition', async () => {
    const row = await flag({ default: { variant: 'on' } });
    expect((await evaluate(row.key)).body.value).toBe(true);
    await node.flag(async (em) => {
      const stored = await em.findOneOrFail(FeatureFlag, row.id);
      return em.assign(stored, { definition: { ...stored.definition, off: 'off', on: false } });
    });
    expect((await evaluate(row.key)).body).toMatchObject({ value: false, reason: 'DISABLED' });
  });

  it('shows client keys only what is meant for clients', async () => {
    const [hidden, shown] = [
      await flag({ default: { variant: 'on' } }),
      await flag({ default: { variant: 'on' } }, true),
    ];
    const running = await experiment();
    expect((await evaluate(hidden.key, undefined, clientKey)).status).toBe(404);
    expect((await evaluate(running.key, undefined, clientKey)).status).toBe(404);
    expect((await evaluate(shown.key, undefined, clientKey)).body.value).toBe(true);
  });

  it('does not know flags of another project', async () => {
    const { key } = await node.flag((em) => {
      const row = aFlag(em);
      const document = { key: row.key, type: 'boolean', on: true, variants: { on: true }, off: null, rules: [] };
      return em.assign(row, { definition: document });
    });
    expect((await evaluate(key)).body.errorCode).toBe('FLAG_NOT_FOUND');
  });
});

describe('an experiment as a flag', () => {
  const assigned = (row: Experiment) => node.em.count(Assignment, { experiment: row.id });

  it('serves the configuration of the variant, and assigns the user once and for ever', async () => {
    const row = await experiment();
    const { body } = await evaluate(row.key, { targetingKey: 'u1', country: 'NO' });
    const stored = await node.em.findOneOrFail(Assignment, { experiment: row.id }, { populate: ['variant'] });
    expect(stored).toMatchObject({ userId: 'u1', context: { country: 'NO' } });
    expect(body).toEqual({
      key: row.key,
      reason: 'SPLIT',
      value: stored.variant.getEntity().configuration,
      variant: stored.variant.getEntity().key,
      metadata: {
        flagSetId: `${scene.project.key}/production`,
        version: row.version,
        experiment: row.key,
        variant: stored.variant.getEntity().key,
        definitionVersion: row.version,
      },
    });
    await node.experiment(async (em) => em.assign(await em.findOneOrFail(Experiment, row.id), { coverage: 0 }));
    expect((await evaluate(row.key, { targetingKey: 'u1' })).body.variant).toBe(body.variant);
    const left = await evaluate(row.key, { targetingKey: 'u2' });
    expect(left.body).toMatchObject({ reason: 'UNKNOWN' });
    expect(left.body).not.toHaveProperty('value');
    expect(await assigned(row)).toBe(1);
  });

  it.each<Experiment['status']>(['DRAFT', 'PAUSED', 'COMPLETED'])(
    'is off for new users when it is %s',
    async (status) => {
      const row = await experiment(status);
      const { body } = await evaluate(row.key);
      expect(body).toMatchObject({ key: row.key, reason: 'DISABLED' });
      expect(body).not.toHaveProperty('value');
      expect(await assigned(row)).toBe(0);
    },
  );

  it('is not there in another environment', async () => {
    const row = await node.experiment(async (em) => {
      const elsewhere = anExperiment(em, { project: await projectIn(em), status: 'ACTIVE' });
      const environment = em.create(Environment, { project: scene.project.id, key: 'staging', name: 'Staging' });
      return em.assign(elsewhere, { environment });
    });
    expect((await evaluate(row.key)).status).toBe(404);
    expect(await assigned(row)).toBe(0);
  });

  it('is assigned when a rule of another flag looks at it, as it was assigned before', async () => {
    const row = await experiment();
    const control: Flag['rules'] = [
      {
        id: 'control',
        when: { flag: row.key, attr: 'variant', op: 'in', values: ['control'] },
        serve: { variant: 'on' },
      },
    ];
    const { key } = await flag({ rules: control, default: { variant: 'off' } });
    const users = Array.from({ length: 20 }, (_, user) => `dependent-${user}`);
    const first = new Map<string, unknown>();
    for (const targetingKey of users) first.set(targetingKey, (await evaluate(key, { targetingKey })).body.value);
    expect(await assigned(row)).toBe(users.length);
    await node.experiment(async (em) => em.assign(await em.findOneOrFail(Experiment, row.id), { salt: 'another' }));
    for (const targetingKey of users) {
      const direct = await evaluate(row.key, { targetingKey });
      expect(direct.body.variant === 'control').toBe(first.get(targetingKey));
      expect((await evaluate(key, { targetingKey })).body.value).toBe(first.get(targetingKey));
    }
  });
});

describe('what is wrong with a request', () => {
  it.each<[string, unknown, string]>([
    ['no context', undefined, 'INVALID_CONTEXT'],
    ['a context that is a list', [], 'INVALID_CONTEXT'],
    ['no targeting key', { country: 'NO' }, 'TARGETING_KEY_MISSING'],
    ['an empty targeting key', { targetingKey: '' }, 'TARGETING_KEY_MISSING'],
    ['a number as targeting key', { targetingKey: 7 }, 'INVALID_CONTEXT'],
    ['a targeting key of 257 characters', { targetingKey: 'x'.repeat(257) }, 'INVALID_CONTEXT'],
    ['a context over 64 KiB', { targetingKey: 'u', text: 'x'.repeat(66_000) }, 'INVALID_CONTEXT'],
    ['a NUL', { targetingKey: 'u', text: '\u0000' }, 'INVALID_CONTEXT'],
  ])('%s is 400 in the shape of OFREP', async (_, context, errorCode) => {
    const { key } = await flag();
    const { status, body } = await node.post<OfrepFailure>(`${PATH}/${key}`, { context }, { as: scene.key });
    expect(status).toBe(400);
    expect(body).toEqual({ key, errorCode, errorDetails: expect.any(String) as string });
    const all = await node.post<OfrepFailure>(PATH, { context }, { as: scene.key });
    expect([all.status, all.body.errorCode]).toEqual([400, errorCode]);
  });

  it('a body that is no JSON, of another type or too large is so, too', async () => {
    const send = (body: string, headers = {}) =>
      node.post<OfrepFailure>(`${PATH}/any`, body, { as: scene.key, headers });
    expect((await send('{"context":')).body).toMatchObject({ key: 'any', errorCode: 'PARSE_ERROR' });
    expect((await send('[]')).body).toMatchObject({ key: 'any', errorCode: 'PARSE_ERROR' });
    expect((await send('x', { 'content-type': 'text/plain' })).body).toMatchObject({ errorCode: 'PARSE_ERROR' });
    const large = await send(JSON.stringify({ context: { targetingKey: 'x'.repeat(1_200_000) } }));
    expect([large.status, large.body.errorCode]).toEqual([400, 'INVALID_CONTEXT']);
    if (schemaProblem !== undefined) expect(schemaProblem('evaluationFailure', large.body)).toBe('');
  });

  it('an unknown flag is 404, no key 401', async () => {
    for (const key of ['no-such-flag', 'a\u0000b', 'x'.repeat(500)]) {
      const { status, body } = await evaluate(key);
      expect(status).toBe(404);
      expect(body).toMatchObject({ key, errorCode: 'FLAG_NOT_FOUND' });
    }
    expect((await node.post(`${PATH}/any`, { context: { targetingKey: 'u' } })).status).toBe(401);
  });
});

describe('a bulk evaluation', () => {
  it('answers all flags and running experiments, and to client keys what is theirs', async () => {
    const [inner, outer, off] = [
      await flag(),
      await flag({ default: { variant: 'on' } }, true),
      await flag({ on: false }, true),
    ];
    const [running, draft] = [await experiment(), await experiment('DRAFT')];
    const { status, body } = await bulk({ targetingKey: 'u1' });
    expect(status).toBe(200);
    if (schemaProblem !== undefined) expect(schemaProblem('bulkEvaluationSuccess', body)).toBe('');
    const keys = body.flags.map(({ key }) => key);
    expect(keys).toEqual(expect.arrayContaining([inner.key, outer.key, off.key, running.key]));
    expect(keys).not.toContain(draft.key);
    const theirs = (await bulk({ targetingKey: 'u1' }, clientKey)).body.flags.map(({ key }) => key);
    expect(theirs).toEqual(expect.arrayContaining([outer.key, off.key]));
    expect(theirs).not.toContain(inner.key);
    expect(theirs).not.toContain(running.key);
  });

  it('is 304 while nothing changes, for the same context and key alone', async () => {
    const row = await flag({ default: { variant: 'on' } }, true);
    const first = await bulk({ targetingKey: 'u1', a: { x: 1, y: 2 } }, clientKey);
    const etag = first.headers.get('etag') ?? '';
    const ask = async (context: object, as = clientKey, tag = etag) =>
      (await bulk(context, as, { 'if-none-match': tag })).status;
    expect(await ask({ a: { y: 2, x: 1 }, targetingKey: 'u1' })).toBe(304);
    expect(await ask({ a: { y: 2, x: 1 }, targetingKey: 'u1' }, clientKey, `W/${etag}`)).toBe(304);
    expect(await ask({ targetingKey: 'u1', a: { x: 1, y: 3 } })).toBe(200);
    expect(await ask({ targetingKey: 'u2', a: { x: 1, y: 2 } })).toBe(200);
    expect(await ask({ targetingKey: 'u1', a: { x: 1, y: 2 } }, scene.key)).toBe(200);
    await node.flag(async (em) => em.assign(await em.findOneOrFail(FeatureFlag, row.id), { name: 'New version' }));
    expect(await ask({ targetingKey: 'u1', a: { x: 1, y: 2 } })).toBe(200);
  });
});
