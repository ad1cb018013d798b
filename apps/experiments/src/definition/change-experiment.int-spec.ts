import type { Experiment, ExperimentRevision, Page } from '@assay/contracts';
import type { Answer } from '@assay/testing';
import { experimentBody } from '../testing/experiment-body.js';
import { startExperiments, type ExperimentsApp } from '../testing/experiments-app.js';

let app: ExperimentsApp;

beforeAll(async () => {
  app = await startExperiments();
});
afterAll(() => app.close());

async function make(change: object = {}): Promise<Experiment> {
  const { status, body } = await app.call('POST', '/experiments', { body: experimentBody(change) });
  expect(status).toBe(201);
  return body;
}

const patch = (id: string, body: object, headers: Record<string, string> = {}): Promise<Answer<Experiment>> =>
  app.call('PATCH', `/experiments/${id}`, { body, headers });

describe('PATCH /experiments/:id', () => {
  it('merges, and leaves alone what it does not name', async () => {
    const draft = await make({ analysis: { alpha: 0.01, cuped: true } });
    const { status, body } = await patch(draft.id, { analysis: { power: 0.9 }, description: 'More', hypothesis: null });
    expect(status).toBe(200);
    expect(body).toEqual({
      ...draft,
      analysis: { ...draft.analysis, power: 0.9 },
      description: 'More',
      hypothesis: '',
      updatedAt: body.updatedAt,
      version: 2,
    });
    expect((await patch(draft.id, { analysis: null })).body.analysis).toMatchObject({ alpha: 0.05, cuped: false });
  });

  it('merges conditions as RFC 7396 says, and takes them away with null', async () => {
    const { id } = await make({ targetingRules: { attr: 'country', op: 'in', values: ['NO'] } });
    const merged = await patch(id, { targetingRules: { values: ['SE'] } });
    expect(merged.body.targetingRules).toEqual({ attr: 'country', op: 'in', values: ['SE'] });
    expect((await patch(id, { targetingRules: null })).body.targetingRules).toBeNull();
  });

  it('keeps the rows of variants and metrics that keep their names', async () => {
    const draft = await make();
    const [control, treatment] = experimentBody().variants;
    const [metric] = experimentBody().metrics;
    const { body } = await patch(draft.id, {
      variants: [
        { key: 'new', trafficAllocation: 20 },
        { ...treatment, isControl: true, trafficAllocation: 30 },
        { ...control, isControl: false, name: 'Was control' },
      ],
      metrics: [
        { ...metric, name: 'fresh' },
        { ...metric, isPrimary: false, minimumSampleSize: 7 },
      ],
    });
    expect(body.variants.map(({ key, isControl, trafficAllocation }) => [key, isControl, trafficAllocation])).toEqual([
      ['new', false, 20],
      ['gate_40', true, 30],
      ['gate_30', false, 50],
    ]);
    const idOf = (of: Experiment, name: string): string | undefined =>
      of.variants.find(({ key }) => key === name)?.id ?? of.metrics.find((it) => it.name === name)?.id;
    for (const name of ['gate_30', 'gate_40', 'retention_7']) expect(idOf(body, name)).toBe(idOf(draft, name));
    expect(body.metrics.map(({ name, minimumSampleSize }) => [name, minimumSampleSize])).toEqual([
      ['fresh', 0],
      ['retention_7', 7],
    ]);
    expect((await app.call('GET', `/experiments/${draft.id}`)).body).toEqual(body);
  });

  it('can hand the role of control to a variant that replaces it', async () => {
    const { id } = await make();
    const { status, body } = await patch(id, {
      variants: [
        { key: 'gate_40', trafficAllocation: 50 },
        { key: 'gate_20', isControl: true, trafficAllocation: 50 },
      ],
    });
    expect([status, body.variants.map(({ key, isControl }) => [key, isControl])]).toEqual([
      200,
      [
        ['gate_40', false],
        ['gate_20', true],
      ],
    ]);
  });

  it('can move the role of control to and fro', async () => {
    const { id } = await make();
    for (const control of ['gate_40', 'gate_30', 'gate_40', 'gate_30']) {
      const variants = ['gate_30', 'gate_40'].map((key) => ({
        key,
        isControl: key === control,
        trafficAllocation: 50,
      }));
      const { status, body } = await patch(id, { variants });
      expect([status, body.variants.find(({ isControl }) => isControl)?.key]).toEqual([200, control]);
    }
  });

  it('makes a new version when only a variant changes, and none when nothing does', async () => {
    const draft = await make();
    const changed = await patch(draft.id, {
      variants: draft.variants.map(({ id: _id, ...variant }) => ({ ...variant, description: 'x' })),
    });
    expect(changed.body.version).toBe(2);
    const same = await patch(draft.id, { name: draft.name, tags: draft.tags });
    expect([same.status, same.body.version]).toEqual([200, 2]);
    const { body } = await app.call<Page<ExperimentRevision>>('GET', `/experiments/${draft.id}/revisions`);
    expect(body.total).toBe(2);
  });

  it('checks the result as a whole, and leaves everything as it was when it is not sound', async () => {
    const draft = await make({ endDate: '2099-01-02T00:00:00Z' });
    const bad = await app.problem('PATCH', `/experiments/${draft.id}`, {
      body: { startDate: '2099-01-03T00:00:00Z', name: 'New' },
    });
    expect([bad.status, bad.body.errors?.map(({ path }) => path)]).toEqual([400, ['endDate']]);
    const nameless = await app.problem('PATCH', `/experiments/${draft.id}`, {
      body: { experimentType: 'BANDIT', bandit: { metric: 'revenue' } },
    });
    expect([nameless.status, nameless.body.errors?.map(({ path }) => path)]).toEqual([400, ['bandit.algorithm']]);
    expect((await app.call('GET', `/experiments/${draft.id}`)).body).toEqual(draft);
  });

  it('refuses a version that is not the current one, and lets one of two at once through', async () => {
    const draft = await make();
    const stale = await app.problem('PATCH', `/experiments/${draft.id}`, {
      body: { name: 'x' },
      headers: { 'if-match': '"7"' },
    });
    expect([stale.status, stale.body.code]).toEqual([412, 'version_conflict']);
    const both = await Promise.all(['left', 'right'].map((name) => patch(draft.id, { name }, { 'if-match': '"1"' })));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
    const winner = both.find(({ status }) => status === 200);
    expect((await app.call('GET', `/experiments/${draft.id}`)).body).toEqual(winner?.body);
  });

  it('loses none of many changes that come at once without a version', async () => {
    const { id } = await make();
    const fields = [
      { name: 'N' },
      { description: 'D' },
      { tags: ['t'] },
      { coverage: 50 },
      { analysis: { alpha: 0.01 } },
      { analysis: { cuped: true } },
    ];
    const answers = await Promise.all(fields.map((field) => patch(id, field)));
    expect(answers.map(({ body }) => body.version).sort()).toEqual([2, 3, 4, 5, 6, 7]);
    expect((await app.call('GET', `/experiments/${id}`)).body).toMatchObject({
      name: 'N',
      description: 'D',
      tags: ['t'],
      coverage: 50,
      analysis: { alpha: 0.01, cuped: true },
      version: 7,
    });
  });
});

describe('DELETE /experiments/:id', () => {
  it('takes a draft away with all that belongs to it, and frees its key', async () => {
    const draft = await make();
    const stale = await app.problem('DELETE', `/experiments/${draft.id}`, { headers: { 'if-match': '"2"' } });
    expect(stale.status).toBe(412);
    expect((await app.call('DELETE', `/experiments/${draft.key}`, { headers: { 'if-match': '"1"' } })).status).toBe(
      204,
    );
    expect((await app.problem('GET', `/experiments/${draft.id}`)).status).toBe(404);
    for (const table of ['variants', 'metrics', 'experiment_revisions']) {
      expect(await app.sql(`select id from experimentation.${table} where experiment_id = ?`, [draft.id])).toEqual([]);
    }
    expect((await app.call('POST', '/experiments', { body: experimentBody({ key: draft.key }) })).status).toBe(201);
  });

  it('is refused once the experiment has started', async () => {
    const { id } = await make();
    await app.call('POST', `/experiments/${id}/start`, { body: {} });
    const refused = await app.problem('DELETE', `/experiments/${id}`);
    expect([refused.status, refused.body.code]).toEqual([409, 'not_a_draft']);
  });
});
