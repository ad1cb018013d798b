import type { Problem } from '@assay/contracts';
import { Project, type EntityManager } from '@assay/models';
import { anExperiment, environmentOf } from '@assay/testing';
import { MikroORM } from '@mikro-orm/postgresql';
import { flagCalls } from '../testing/flag-calls.js';
import { FlagsProcess } from '../testing/flags-process.js';

let flags: FlagsProcess;
beforeAll(async () => {
  flags = await FlagsProcess.start();
});
afterAll(() => flags.stop());
const { create, patch } = flagCalls(() => flags);

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
