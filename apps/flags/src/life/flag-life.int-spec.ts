import {
  flagStale,
  type Flag,
  type FlagEnvironment,
  type FlagEvaluations,
  type FlagRevision,
  type FlagSchedule,
  type Page,
  type Problem,
} from '@assay/contracts';
import { FlagCatalog } from '@assay/definitions';
import { Project, type EntityManager } from '@assay/models';
import { anExperiment, environmentOf, until } from '@assay/testing';
import { MikroORM } from '@mikro-orm/postgresql';
import { EvaluationsRepository } from '../evaluations/evaluations.repository.js';
import { FlagScheduleJob } from '../schedules/schedule.job.js';
import { StalenessJob } from '../staleness/staleness.job.js';
import { FlagsProcess } from '../testing/flags-process.js';

let flags: FlagsProcess;
beforeAll(async () => {
  flags = await FlagsProcess.start();
});
afterAll(() => flags.stop());

let made = 0;
async function create(fields: object = {}): Promise<Flag> {
  const body = { key: `life-${(made += 1)}`, name: 'A flag', ...fields };
  const answer = await flags.call<Flag>('POST', '/flags', body);
  expect(answer.status).toBe(201);
  return answer.body;
}
const read = async (key: string) => (await flags.call<Flag>('GET', `/flags/${key}`)).body;
const patch = (key: string, fields: object) =>
  flags.call<Flag & Pick<Problem, 'code'>>('PATCH', `/flags/${key}`, fields);
const held = (key: string) => flags.app.get(FlagCatalog).find(flags.projectId, key);
const soon = (milliseconds: number) => new Date(Date.now() + milliseconds).toISOString();

/** Makes the plans of a flag due. */
const letDue = (flag: Flag) =>
  flags.sql.query(`update experimentation.flag_schedules set at = now() - interval '1 s' where feature_flag_id = $1`, [
    flag.id,
  ]);

const runDue = () => flags.app.get(FlagScheduleJob).runDue();

describe('an environment', () => {
  const inStaging = (flag: Flag, fields?: object) =>
    flags.call<FlagEnvironment & Problem>(
      fields === undefined ? 'GET' : 'PATCH',
      `/flags/${flag.key}/environment?environment=staging`,
      fields,
    );

  it('has settings of its own, and those of the flag where it has none', async () => {
    const flag = await create({ status: 'ACTIVE', rolloutPercentage: 100 });
    const { body } = await inStaging(flag, { status: 'INACTIVE' });
    expect(body).toMatchObject({ environment: 'staging', settings: { status: 'INACTIVE' }, document: { on: false } });
    const definition = held(flag.key);
    expect(definition?.document['on']).toBe(true);
    expect(Object.values(definition?.environments ?? {}).map((document) => document['on'])).toEqual([false]);
    await inStaging(flag, { status: null, rolloutPercentage: 25 });
    await patch(flag.key, { status: 'INACTIVE' });
    expect((await inStaging(flag)).body).toMatchObject({
      settings: { rolloutPercentage: 25 },
      document: { on: false },
    });
    await inStaging(flag, { rolloutPercentage: null });
    expect(held(flag.key)?.environments).toEqual({});
  });

  it('is refused what does not fit the flag, and keeps the flag from what does not fit it', async () => {
    const flag = await create({ type: 'string', variants: [{ key: 'a', value: 'A', weight: 100 }] });
    const wrong = await inStaging(flag, { defaultVariant: 'none' });
    expect([wrong.status, wrong.body.errors?.[0]?.path]).toEqual([400, 'defaultVariant']);
    expect((await inStaging(flag, { defaultVariant: 'a' })).status).toBe(200);
    const renamed = await patch(flag.key, { variants: [{ key: 'b', value: 'B', weight: 100 }] });
    expect(renamed.status).toBe(400);
  });
});

describe('a planned change', () => {
  it('is made at its time, once, by whoever planned it; a ramp step by step', async () => {
    const flag = await create({ status: 'ACTIVE' });
    const steps = [10, 50, 100].map((rolloutPercentage, index) => ({
      at: soon(60_000 * (index + 1)),
      rolloutPercentage,
    }));
    const { status, body } = await flags.call<{ steps: FlagSchedule[] }>('POST', `/flags/${flag.key}/ramps`, { steps });
    expect([status, body.steps.map((step) => step.status)]).toEqual([201, ['PENDING', 'PENDING', 'PENDING']]);
    expect(await runDue()).toBe(0);
    await letDue(flag);
    const made = await Promise.all([runDue(), runDue()]);
    expect(Math.max(...made)).toBe(3);
    const { items } = (await flags.call<Page<FlagRevision>>('GET', `/flags/${flag.key}/revisions`)).body;
    expect(items.map(({ change, definition }) => [change, definition.rolloutPercentage])).toEqual([
      ['scheduled', 100],
      ['scheduled', 50],
      ['scheduled', 10],
      ['created', 0],
    ]);
    const list = await flags.call<Page<FlagSchedule>>('GET', `/flags/${flag.key}/schedules?sort=at`);
    expect(list.body.items.map((each) => each.status)).toEqual(['APPLIED', 'APPLIED', 'APPLIED']);
    expect(await runDue()).toBe(0);
  });

  it('fails with its reason when it does not fit any more, and can be cancelled', async () => {
    const flag = await create({ type: 'string', variants: [{ key: 'a', value: 'A', weight: 100 }] });
    const plan = async (change: object) =>
      (await flags.call<FlagSchedule>('POST', `/flags/${flag.key}/schedules`, { at: soon(60_000), change })).body;
    const [bad, dropped] = [await plan({ defaultVariant: 'none' }), await plan({ name: 'never' })];
    expect((await flags.call('DELETE', `/flags/${flag.key}/schedules/${dropped.id}`)).status).toBe(204);
    await letDue(flag);
    await runDue();
    const list = (await flags.call<Page<FlagSchedule>>('GET', `/flags/${flag.key}/schedules`)).body.items;
    expect(list.find(({ id }) => id === bad.id)).toMatchObject({
      status: 'FAILED',
      failure: 'defaultVariant: must be one of the variants: a',
    });
    expect(list.find(({ id }) => id === dropped.id)?.status).toBe('CANCELLED');
    const never = await flags.call<Page<FlagSchedule>>('GET', `/flags/${flag.key}/schedules?q=nobody&sort=-at`);
    expect([never.status, never.body.total]).toEqual([200, 0]);
    expect((await read(flag.key)).version).toBe(1);
  });

  it('may be of one environment alone, and lies ahead', async () => {
    const flag = await create({ status: 'ACTIVE', rolloutPercentage: 100 });
    const path = `/flags/${flag.key}/schedules`;
    const past = await flags.call<Problem>('POST', path, { at: soon(-1_000), change: { status: 'INACTIVE' } });
    expect([past.status, past.body.errors?.[0]?.path]).toEqual([400, 'at']);
    const change = { status: 'INACTIVE' };
    await flags.call('POST', path, { at: soon(60_000), change, environment: 'staging' });
    await letDue(flag);
    expect(await runDue()).toBe(1);
    expect(held(flag.key)?.document['on']).toBe(true);
    expect(Object.values(held(flag.key)?.environments ?? {}).map((document) => document['on'])).toEqual([false]);
  });
});

describe('copies, archive, way back', () => {
  it('a clone has the settings, is off and reaches other units', async () => {
    const flag = await create({ status: 'ACTIVE', rolloutPercentage: 50, tags: ['x'] });
    const { body, status } = await flags.call<Flag>('POST', `/flags/${flag.key}/clone`, { key: `${flag.key}-copy` });
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: 'INACTIVE', rolloutPercentage: 50, tags: ['x'], version: 1 });
    await patch(body.key, { status: 'ACTIVE' });
    const salts = [flag.key, body.key].map((key) => JSON.stringify(held(key)?.document['rules']));
    expect(salts[0]).not.toBe(salts[1]);
    expect((await flags.call('POST', `/flags/${flag.key}/clone`, { key: body.key })).status).toBe(409);
  });

  it('an archived flag is served no more, changes no more, and comes back switched off', async () => {
    const flag = await create({ status: 'ACTIVE' });
    const { body } = await flags.call<Flag>('POST', `/flags/${flag.key}/archive`);
    expect(body).toMatchObject({ status: 'INACTIVE', archivedAt: expect.any(String) as string });
    expect(held(flag.key)).toBeUndefined();
    expect((await patch(flag.key, { status: 'ACTIVE' })).body.code).toBe('archived');
    const keys = async (query: string) =>
      (await flags.call<Page<Flag>>('GET', `/flags?limit=200${query}`)).body.items.map(({ key }) => key);
    expect(await keys('')).not.toContain(flag.key);
    expect(await keys('&archived=true')).toContain(flag.key);
    await flags.call('POST', `/flags/${flag.key}/unarchive`);
    expect(held(flag.key)?.document['on']).toBe(false);
  });

  it('is neither archived nor deleted while something that is served reads it, in whichever environment', async () => {
    const read = await create();
    const condition = { flag: read.key, attr: 'value', op: 'in', values: [true] };
    const rule = { when: { not: condition }, serve: { off: true } };
    const byRule = await create({ key: 'reads-by-rule', targetingRules: [rule] });
    const inStaging = await create({ key: 'reads-in-staging' });
    await flags.call('PATCH', `/flags/${inStaging.key}/environment?environment=staging`, { targetingRules: [rule] });
    await flags.call('POST', '/segments', { key: 'reads-a-flag', name: 'C', condition: { any: [condition] } });
    await create({ type: 'json', variants: [{ key: 'v', value: { flag: read.key }, weight: 100 }] });
    const archive = () => flags.call<Problem>('POST', `/flags/${read.key}/archive`);
    for (const refused of [await archive(), await flags.call<Problem>('DELETE', `/flags/${read.key}`)]) {
      expect([refused.status, refused.body.code]).toEqual([409, 'in_use']);
      expect(refused.body.detail).toContain(
        'is read by flag reads-by-rule, flag reads-in-staging, segment reads-a-flag: change',
      );
    }
    expect((await flags.call('POST', `/flags/${byRule.key}/archive`)).status).toBe(200);
    await flags.call('DELETE', `/flags/${inStaging.key}`);
    await flags.call('DELETE', '/segments/reads-a-flag');
    expect((await archive()).status).toBe(200);
    expect((await flags.call('DELETE', `/flags/${read.key}`)).status).toBe(204);
  });

  it('versions are compared, and one is restored', async () => {
    const flag = await create({ tags: ['a'], rolloutPercentage: 10 });
    await patch(flag.key, { rolloutPercentage: 20, tags: ['b'] });
    await flags.call('PUT', `/flags/${flag.key}/definition`, {
      type: 'boolean',
      on: true,
      variants: { yes: true },
      off: null,
      rules: [],
      default: { variant: 'yes' },
    });
    const diff = await flags.call<{ differences: unknown }>('GET', `/flags/${flag.key}/revisions/1/diff?to=2`);
    expect(diff.body.differences).toEqual([
      { path: 'rolloutPercentage', from: 10, to: 20 },
      { path: 'tags[0]', from: 'a', to: 'b' },
    ]);
    const restored = await flags.call<Flag>('POST', `/flags/${flag.key}/revisions/1/restore`, { reason: 'was better' });
    expect(restored.body).toMatchObject({ version: 4, rolloutPercentage: 10, tags: ['a'], expertDefinition: false });
    const found = await flags.call<Page<FlagRevision>>('GET', `/flags/${flag.key}/revisions?q=BETTER&sort=version`);
    expect(found.body.items.map(({ version }) => version)).toEqual([4]);
    const headers = { 'idempotency-key': `back-${flag.key}` };
    const once = await flags.call<Flag>('POST', `/flags/${flag.key}/revisions/3/restore`, {}, { headers });
    const twice = await flags.call<Flag>('POST', `/flags/${flag.key}/revisions/3/restore`, {}, { headers });
    expect([once.body.version, twice.body]).toEqual([5, once.body]);
    expect(held(flag.key)?.document).toMatchObject({ on: true, variants: { yes: true }, default: { variant: 'yes' } });
    expect((await flags.call('GET', `/flags/${flag.key}/revisions/99/diff`)).status).toBe(404);
  });
});

describe('a schema for values', () => {
  const valueSchema = { type: 'object', required: ['size'], properties: { size: { type: 'integer', minimum: 1 } } };
  const variant = (value: object) => ({ key: 'v', value, weight: 100 });

  it('is checked itself, and checks variants, overrides and definitions written by hand', async () => {
    const asked = { key: 'schema-0', name: 'x', type: 'json', valueSchema };
    const refused = async (fields: object) =>
      (await flags.call<Problem>('POST', '/flags', { ...asked, ...fields })).body.errors?.map(({ path }) => path);
    expect(await refused({ variants: [variant({ size: 0 })] })).toEqual(['variants[0].value']);
    expect(await refused({ valueSchema: { type: 'nonsense' }, variants: [variant({})] })).toEqual(['valueSchema']);
    const { key } = await create({ ...asked, key: `schema-${made}`, variants: [variant({ size: 3 })] });
    const override = await flags.call<Problem>('POST', `/flags/${key}/overrides`, {
      userId: 'u',
      value: { size: 'x' },
    });
    expect([override.status, override.body.errors?.[0]?.path]).toEqual([400, 'value']);
    const document = { type: 'json', on: true, variants: { a: { size: 1.5 } }, off: null, rules: [] };
    const byHand = await flags.call<Problem>('PUT', `/flags/${key}/definition`, document);
    expect(byHand.body.errors?.[0]?.path).toBe('variants.a');
  });
});

describe('what is evaluated', () => {
  const environmentId = '0190b6a2-0000-7000-8000-000000000001';

  it('is counted by day and variant, and keeps a flag from being stale', async () => {
    const [used, unused, done] = [
      await create({ status: 'ACTIVE' }),
      await create({ status: 'ACTIVE' }),
      await create({ status: 'ACTIVE', rolloutPercentage: 100 }),
    ];
    const count = (variant: string, count: number) => ({ flagId: used.id, variant, count });
    const message = {
      projectId: flags.projectId,
      environmentId,
      at: Date.now(),
      counts: [count('on', 5), count('', 2)],
    };
    const repository = flags.app.get(EvaluationsRepository);
    await repository.add(flags.sql, [message, message]);
    const { body } = await flags.call<FlagEvaluations>('GET', `/flags/${used.key}/evaluations`);
    expect(body).toMatchObject({ total: 14, lastEvaluatedAt: new Date(message.at).toISOString() });
    expect(body.counts.map(({ variant, count }) => [variant, count])).toEqual([
      [null, 4],
      ['on', 10],
    ]);
    const ids = [used.id, unused.id, done.id];
    await flags.sql.query(
      `update experimentation.feature_flags set created_at = now() - interval '40 d', updated_at = now() - interval '40 d' where id = any($1)`,
      [ids],
    );
    const job = flags.app.get(StalenessJob);
    expect(await job.run()).toBe(2);
    expect(await job.run()).toBe(0);
    const stale = await Promise.all([used, unused, done].map(async ({ key }) => (await read(key)).stale?.reason));
    expect(stale).toEqual([undefined, 'not_evaluated', 'fully_rolled_out']);
    const list = await flags.call<Page<Flag>>('GET', '/flags?stale=true');
    expect(list.body.items.map(({ key }) => key).sort()).toEqual([unused.key, done.key].sort());
    const told = () => flags.told.filter(({ topic }) => topic === flagStale.name);
    await until(() => told().length >= 2);
    expect(
      told()
        .map(({ key }) => key)
        .sort(),
    ).toEqual([unused.id, done.id].sort());
    await repository.add(flags.sql, [{ ...message, counts: [{ flagId: unused.id, variant: 'on', count: 1 }] }]);
    expect(await job.run()).toBe(1);
    expect((await read(unused.key)).stale).toBeNull();
  });
});

it('lets no circle of prerequisites come about, not even by two changes at the same time', async () => {
  for (let attempt = 0; attempt < 6; attempt += 1) {
    const [a, b] = [await create(), await create()];
    const needs = (key: string) => ({
      targetingRules: [{ when: { flag: key, attr: 'on', op: 'in', values: [true] }, serve: { variant: 'on' } }],
    });
    const answers = await Promise.all([patch(a.key, needs(b.key)), patch(b.key, needs(a.key))]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
  }
});

describe('a circle of prerequisites', () => {
  const reads = (flag: string) => ({ all: [true, { flag, attr: 'on', op: 'in', values: [true] }] });
  const rulesOf = (flag: string) => [{ when: reads(flag), serve: { variant: 'on' } }];
  const pathsOf = ({ status, body }: { status: number; body: unknown }) => [
    status,
    ...((body as Problem).errors ?? []).map(({ path }) => path),
  ];

  it('is refused at the member that begins it', async () => {
    const [a, b] = [await create(), await create()];
    await patch(a.key, { targetingRules: rulesOf(b.key) });
    const never = { when: false, serve: { variant: 'on' } };
    const simple = await patch(b.key, { targetingRules: [never, ...rulesOf(a.key)] });
    expect(pathsOf(simple)).toEqual([400, 'targetingRules[1].when.all[1].flag']);
    await flags.call('POST', `/flags/${b.key}/overrides`, { userId: 'u', value: true });
    const document = { type: 'boolean', on: true, variants: { on: true }, off: null };
    const put = (fields: object) =>
      flags.call('PUT', `/flags/${b.key}/definition`, { ...document, rules: [], ...fields });
    expect(pathsOf(await put({ requires: [{ id: 'a', when: reads(a.key) }] }))).toEqual([
      400,
      'requires[0].when.all[1].flag',
    ]);
    const rules = [{ id: 'r', when: { not: reads(a.key) }, serve: { variant: 'on' } }];
    expect(pathsOf(await put({ rules }))).toEqual([400, 'rules[0].when.not.all[1].flag']);
    expect(pathsOf(await put({ requires: [{ id: 'b', when: reads(b.key) }] }))).toEqual([
      400,
      'requires[0].when.all[1].flag',
    ]);
  });

  it('is looked for in every environment by the settings that hold there', async () => {
    const [a, b] = [await create(), await create()];
    const inStaging = (key: string, body: object) =>
      flags.call<Problem>('PATCH', `/flags/${key}/environment?environment=staging`, body);
    expect((await inStaging(a.key, { targetingRules: rulesOf(b.key) })).status).toBe(200);
    const back = await inStaging(b.key, { targetingRules: rulesOf(a.key) });
    expect(pathsOf(back)).toEqual([400, 'targetingRules[0].when.all[1].flag']);
    expect(back.body.errors?.[0]?.message).toContain(`flag ${b.key} -> flag ${a.key} -> flag ${b.key}, in staging`);
    expect(pathsOf(await patch(b.key, { targetingRules: rulesOf(a.key) }))).toEqual([
      400,
      'targetingRules[0].when.all[1].flag',
    ]);
    // What holds in production alone meets nothing of staging.
    const inProduction = await flags.call('PATCH', `/flags/${b.key}/environment?environment=production`, {
      targetingRules: rulesOf(a.key),
    });
    expect(inProduction.status).toBe(200);
  });

  it('may lead through an experiment, in its environment', async () => {
    const flag = await create();
    const em = flags.app.get(MikroORM).em.fork() as EntityManager;
    const project = await em.findOneOrFail(Project, flags.projectId, { populate: ['environments'] });
    const experiment = anExperiment(em, { project });
    em.assign(experiment, { targetingRules: reads(flag.key) });
    await em.flush();
    const refused = await patch(flag.key, { targetingRules: rulesOf(experiment.key) });
    expect(pathsOf(refused)).toEqual([400, 'targetingRules[0].when.all[1].flag']);
    expect(JSON.stringify(refused.body)).toContain(
      `flag ${flag.key} -> experiment ${experiment.key} -> flag ${flag.key}`,
    );
    const elsewhere = environmentOf(project).key === 'staging' ? 'production' : 'staging';
    const settings = { targetingRules: rulesOf(experiment.key) };
    expect(
      (await flags.call('PATCH', `/flags/${flag.key}/environment?environment=${elsewhere}`, settings)).status,
    ).toBe(200);
  });

  it('does not come about by a copy that takes the key somebody has named before', async () => {
    const [a, original] = [await create(), await create()];
    const key = `${a.key}-named`;
    await patch(a.key, { targetingRules: rulesOf(key) });
    await patch(original.key, { targetingRules: rulesOf(a.key) });
    const copy = await flags.call('POST', `/flags/${original.key}/clone`, { key });
    expect(pathsOf(copy)).toEqual([400, 'targetingRules[0].when.all[1].flag']);
    expect((await flags.call('GET', `/flags/${key}`)).status).toBe(404);
  });
});
