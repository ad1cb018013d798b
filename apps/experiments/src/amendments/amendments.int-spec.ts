import type { Experiment, ExperimentChanged, ExperimentRevision, Page } from '@assay/contracts';
import { experimentBody } from '../testing/experiment-body.js';
import { startExperiments, type ExperimentsApp } from '../testing/experiments-app.js';
import { publishedOf, startedExperiment } from '../testing/started-experiment.js';

let app: ExperimentsApp;

beforeAll(async () => {
  app = await startExperiments();
});
afterAll(() => app.close());

const post = (path: string, body: object = {}) => app.call('POST', path, { body });
const amend = (id: string, change: object, reason = 'because') =>
  post(`/experiments/${id}/amendments`, { change, reason });
const refusal = (id: string, change: object) =>
  app.problem('POST', `/experiments/${id}/amendments`, { body: { change, reason: 'because' } });
const read = async (id: string): Promise<Experiment> => (await app.call('GET', `/experiments/${id}`)).body;

const started = (change: object = {}): Promise<Experiment> => startedExperiment(app, change);

const [control, treatment] = experimentBody().variants;

describe('a started experiment', () => {
  it('takes labels, end and coverage by patch', async () => {
    const { id } = await started();
    const change = {
      name: 'New name',
      description: 'New',
      tags: ['a', 'b'],
      endDate: '2099-01-01T00:00:00.000Z',
      coverage: 80,
    };
    const { status, body } = await app.call('PATCH', `/experiments/${id}`, { body: change });
    expect([status, body]).toMatchObject([200, change]);
  });

  it('refuses what it measures by patch, and names the fields', async () => {
    const before = await started();
    const change = {
      name: 'x',
      unit: ['deviceId'],
      targetingRules: true,
      variants: [control, { ...treatment, name: 'Other' }],
      metrics: [],
      analysis: { alpha: 0.1 },
    };
    const { status, body } = await app.problem('PATCH', `/experiments/${before.id}`, { body: change });
    expect([status, body.code]).toEqual([409, 'amendment_required']);
    expect(body.errors?.map(({ path }) => path).sort()).toEqual([
      'analysis',
      'metrics',
      'targetingRules',
      'unit',
      'variants',
    ]);
    expect(await read(before.id)).toEqual(before);
  });

  it('takes a document back that it has answered, since nothing changes', async () => {
    const before = await started({ targetingRules: { attr: 'country', op: 'in', values: ['NO'] } });
    const { unit, targetingRules, analysis, coverage } = before;
    const variants = before.variants.map(({ id: _id, ...variant }) => variant);
    const { status, body } = await app.call('PATCH', `/experiments/${before.id}`, {
      body: { unit, targetingRules, analysis, coverage, variants, name: 'Only this' },
    });
    expect([status, body.name, body.version]).toEqual([200, 'Only this', before.version + 1]);
  });

  it('cannot end in the past, begin anew, or become another type', async () => {
    const { id } = await started();
    const past = await app.problem('PATCH', `/experiments/${id}`, { body: { endDate: '2020-01-01T00:00:00Z' } });
    expect([past.status, past.body.errors?.[0]?.path]).toEqual([400, 'endDate']);
    for (const change of [
      { startDate: null },
      {
        experimentType: 'SPLIT_URL',
        variants: [control, treatment].map((it) => ({ ...it, configuration: { url: 'https://x.com' } })),
      },
    ]) {
      const fixed = await app.problem('PATCH', `/experiments/${id}`, { body: change });
      expect([fixed.status, fixed.body.code]).toEqual([409, 'field_fixed']);
    }
  });
});

describe('POST /experiments/:id/amendments', () => {
  it('changes what a patch may not, and keeps the reason', async () => {
    const before = await started();
    const variants = [
      { ...control, trafficAllocation: 20 },
      { ...treatment, trafficAllocation: 20 },
      { key: 'gate_50', trafficAllocation: 60 },
    ];
    const { status, body } = await amend(
      before.id,
      { unit: ['deviceId'], variants, analysis: { correction: 'holm' } },
      'The app has no login yet',
    );
    expect([status, body.version]).toEqual([200, before.version + 1]);
    expect(body).toMatchObject({ unit: ['deviceId'], analysis: { alpha: 0.05, correction: 'holm' }, status: 'ACTIVE' });
    expect(body.variants.map(({ id, key, trafficAllocation }) => [id, key, trafficAllocation])).toEqual([
      [before.variants[0]?.id, 'gate_30', 20],
      [before.variants[1]?.id, 'gate_40', 20],
      [expect.any(String), 'gate_50', 60],
    ]);
    const { body: revisions } = await app.call<Page<ExperimentRevision>>('GET', `/experiments/${before.id}/revisions`);
    expect(revisions.items[0]).toMatchObject({
      version: 3,
      change: 'amended',
      reason: 'The app has no login yet',
      actorId: app.owner.id,
    });
  });

  it('never takes a variant away; its traffic may end', async () => {
    const before = await started();
    const gone = await refusal(before.id, { variants: [control, { ...treatment, key: 'gate_50' }] });
    expect([gone.status, gone.body.code, gone.body.errors?.[0]?.path]).toEqual([
      409,
      'variant_in_use',
      'change.variants',
    ]);
    const { status, body } = await amend(before.id, {
      variants: [
        { ...control, trafficAllocation: 100 },
        { ...treatment, trafficAllocation: 0 },
      ],
    });
    expect([status, body.variants[1]?.trafficAllocation]).toEqual([200, 0]);
  });

  it('names faults inside the change', async () => {
    const before = await started();
    for (const [change, path] of [
      [{ variants: [control, { ...treatment, trafficAllocation: 49 }] }, 'change.variants'],
      [{ metrics: [{ name: 'm', eventName: 'e', metricType: 'CUSTOM' }] }, 'change.metrics[0].aggregationMethod'],
      [{ colour: 'red' }, 'change.colour'],
      [{ endDate: '2020-01-01T00:00:00Z' }, 'change.endDate'],
      [{}, 'change'],
      [{ name: before.name }, 'change'],
    ] as const) {
      const { status, body } = await refusal(before.id, change);
      expect([status, body.errors?.[0]?.path]).toEqual([400, path]);
    }
    const nameless = await app.problem('POST', `/experiments/${before.id}/amendments`, {
      body: { change: { coverage: 1 } },
    });
    expect([nameless.status, nameless.body.errors?.[0]?.path]).toEqual([400, 'reason']);
    expect(await read(before.id)).toEqual(before);
  });

  it('does not choose or tune the sequential method by what has been seen', async () => {
    const [retention, revenue] = experimentBody().metrics;
    const fixed = async (analysis: object, change: object): Promise<unknown> => {
      const { id, version } = await started({ analysis });
      const { status, body } = await refusal(id, change);
      expect((await read(id)).version).toBe(version);
      return [status, body.code, body.errors?.map(({ path }) => path)];
    };
    const refused = (...paths: string[]) => [409, 'field_fixed', paths.map((path) => `change.${path}`)];
    expect(await fixed({}, { analysis: { sequential: 'msprt' } })).toEqual(refused('analysis.sequential'));
    expect(await fixed({ sequential: 'asymptotic-cs' }, { analysis: { plannedUnits: 900 } })).toEqual(
      refused('analysis.plannedUnits'),
    );
    const metrics = [{ ...retention, minimumSampleSize: 300, expectedEffect: 0.01 }, revenue];
    expect(await fixed({ sequential: 'pocock' }, { metrics })).toEqual(refused('metrics[0].minimumSampleSize'));
    const mixture = { sequential: 'msprt', plannedUnits: 900 };
    expect(await fixed(mixture, { metrics })).toEqual(refused('metrics[0].expectedEffect'));
    expect(await fixed(mixture, { analysis: { mixtureScale: 0.2 } })).toEqual(refused('analysis.mixtureScale'));
    // What tunes nothing, and when a plan looks, may still be amended.
    const planned = await started({ analysis: { sequential: 'pocock', plannedUnits: 900 } });
    expect((await amend(planned.id, { metrics, analysis: { looks: 4, alpha: 0.01 } })).status).toBe(200);
    const once = await started();
    expect((await amend(once.id, { metrics, analysis: { plannedUnits: 900 } })).status).toBe(200);
  });

  it('is for experiments that have started, and only for how they are read once they have ended', async () => {
    const { body: draft } = await post('/experiments', experimentBody());
    expect((await refusal(draft.id, { unit: ['deviceId'] })).body.code).toBe('not_started');
    const { id } = await started();
    await post(`/experiments/${id}/complete`, { decision: 'rollback', reason: 'worse' });
    expect((await refusal(id, { unit: ['deviceId'] })).body).toMatchObject({
      code: 'field_fixed',
      errors: [{ path: 'change.unit' }],
    });
    expect((await amend(id, { analysis: { correction: 'bh' } })).status).toBe(200);
    await post(`/experiments/${id}/archive`);
    expect((await refusal(id, { analysis: { correction: 'by' } })).body.code).toBe('field_fixed');
  });
});

describe('POST /experiments/:id/clone', () => {
  it('makes a draft of the same content, with a key and a salt of its own', async () => {
    const original = await started({
      endDate: '2099-01-01T00:00:00Z',
      analysis: { cuped: true },
      environment: 'staging',
    });
    const { status, body } = await post(`/experiments/${original.key}/clone`);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      key: `${original.key}-copy`,
      status: 'DRAFT',
      environment: 'staging',
      startDate: null,
      endDate: null,
      startedAt: null,
      version: 1,
    });
    expect(body.analysis).toEqual(original.analysis);
    const withoutIds = ({ variants, metrics }: Experiment) =>
      [...variants, ...metrics].map(({ id: _id, ...rest }) => rest);
    expect(withoutIds(body)).toEqual(withoutIds(original));
    expect(body.variants[0]?.id).not.toBe(original.variants[0]?.id);
    const [first] = await publishedOf<ExperimentChanged>(app, body.id, 'experiment.changed');
    expect(first?.definition.salt).toBe(body.key);
    expect((await post(`/experiments/${original.id}/clone`)).body.key).toBe(`${original.key}-copy-2`);
    const named = await post(`/experiments/${original.id}/clone`, { key: `${original.key}-mine`, name: 'Mine' });
    expect([named.body.key, named.body.name]).toEqual([`${original.key}-mine`, 'Mine']);
    const taken = await app.problem('POST', `/experiments/${original.id}/clone`, { body: { key: original.key } });
    expect([taken.status, taken.body.code]).toEqual([409, 'conflict']);
  });
});
