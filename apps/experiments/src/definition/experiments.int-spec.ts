import type { Experiment, ExperimentRevision, Metric, MetricOfExperiment, Page, Variant } from '@assay/contracts';
import { experimentBody } from '../testing/experiment-body.js';
import { startExperiments, type Answer, type ExperimentsApp } from '../testing/experiments-app.js';

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

const patch = (id: string, body: object, headers: Record<string, string> = {}): Promise<Answer> =>
  app.call('PATCH', `/experiments/${id}`, { body, headers });

describe('POST /experiments', () => {
  it('answers the whole experiment, with what was left open filled in', async () => {
    const body = experimentBody({
      targetingRules: { attr: 'country', op: 'in', values: ['NO', 'SE'] },
      startDate: '2020-01-01T02:00:00+02:00',
    });
    const answer = await app.call('POST', '/experiments', { body });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(answer.body).toMatchObject({
      key: body.key,
      project: 'default',
      environment: 'production',
      status: 'DRAFT',
      experimentType: 'A_B',
      startDate: '2020-01-01T00:00:00.000Z',
      endDate: null,
      coverage: 100,
      unit: ['userId'],
      targetingRules: { attr: 'country', op: 'in', values: ['NO', 'SE'] },
      analysis: { alpha: 0.05, power: 0.8, correction: 'none', sequential: 'none', cuped: false },
      ownerId: app.owner.id,
      decision: null,
      version: 1,
    });
    expect(answer.body.variants).toMatchObject([
      { key: 'gate_30', isControl: true, trafficAllocation: 50, configuration: { level: 30 } },
      { key: 'gate_40', isControl: false, trafficAllocation: 50, configuration: { level: 40 } },
    ]);
    expect(
      answer.body.metrics.map(({ name, aggregationMethod, isPrimary }) => [name, aggregationMethod, isPrimary]),
    ).toEqual([
      ['retention_7', 'exists', true],
      ['revenue', 'sum', false],
    ]);
    for (const id of [answer.body.id, body.key]) {
      expect((await app.call('GET', `/experiments/${id}`)).body).toEqual(answer.body);
    }
  });

  it('keeps thirds and three decimals', async () => {
    const thirds = ['a', 'b', 'c'].map((key, index) => ({
      key,
      isControl: index === 0,
      trafficAllocation: index === 2 ? 33.334 : 33.333,
    }));
    const { id } = await make({ variants: thirds, coverage: 12.345 });
    const { body } = await app.call('GET', `/experiments/${id}`);
    expect([body.coverage, body.variants.map(({ trafficAllocation }) => trafficAllocation)]).toEqual([
      12.345,
      [33.333, 33.333, 33.334],
    ]);
  });

  it('takes the environment from the body, else from the query', async () => {
    const inBody = await app.call('POST', '/experiments', { body: experimentBody({ environment: 'staging' }) });
    const inQuery = await app.call('POST', '/experiments?environment=staging', { body: experimentBody() });
    expect([inBody.body.environment, inQuery.body.environment]).toEqual(['staging', 'staging']);
    const unknown = await app.problem('POST', '/experiments', { body: experimentBody({ environment: 'nowhere' }) });
    expect([unknown.status, unknown.body.errors?.[0]?.path]).toEqual([400, 'environment']);
  });

  it('has one effect for one Idempotency-Key', async () => {
    const body = experimentBody();
    const headers = { 'idempotency-key': 'create-once' };
    const first = await app.call('POST', '/experiments', { body, headers });
    const again = await app.call('POST', '/experiments', { body, headers });
    expect([first.status, again.status, again.body]).toEqual([201, 201, first.body]);
    expect([again.headers.get('idempotency-replayed'), again.headers.get('etag')]).toEqual(['true', '"1"']);
    const other = await app.problem('POST', '/experiments', { body: { ...body, name: 'Other' }, headers });
    expect([other.status, other.body.code]).toEqual([409, 'idempotency_conflict']);
    const rows = await app.sql('select id from experimentation.experiments where key = ?', [body.key]);
    expect(rows).toHaveLength(1);
  });

  it('gives a key once in a project, to one of many who ask at once, and to flags neither', async () => {
    const body = experimentBody();
    const answers = await Promise.all(Array.from({ length: 6 }, () => app.problem('POST', '/experiments', { body })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
      code: 'conflict',
      errors: [{ path: 'key' }],
    });
    expect((await app.call('POST', '/experiments?project=other', { body })).status).toBe(201);

    const flag = experimentBody();
    await app.sql(
      `insert into experimentation.definition_keys (project_id, key, kind, resource_id)
       select id, ?, 'flag', gen_random_uuid() from experimentation.projects where key = 'default'`,
      [flag.key],
    );
    expect((await app.problem('POST', '/experiments', { body: flag })).status).toBe(409);
  });

  it('keeps projects apart', async () => {
    const { id, key } = await make();
    for (const name of [id, key]) {
      const answers = await Promise.all([
        app.problem('GET', `/experiments/${name}?project=other`),
        app.problem('PATCH', `/experiments/${name}?project=other`, { body: { name: 'x' } }),
        app.problem('DELETE', `/experiments/${name}?project=other`),
        app.problem('POST', `/experiments/${name}/start?project=other`, { body: {} }),
        app.problem('GET', `/experiments/${name}/revisions?project=other`),
      ]);
      expect(answers.map(({ status, body }) => [status, body.code])).toEqual(answers.map(() => [404, 'not_found']));
    }
  });

  it('asks for the permission of each call', async () => {
    const { id } = await make();
    const reader = await app.tokenWith('experiment:read');
    const editor = await app.tokenWith('experiment:read', 'experiment:update');
    expect((await app.call('GET', `/experiments/${id}`, { as: reader })).status).toBe(200);
    const refused = [
      ['POST', '/experiments', reader],
      ['PATCH', `/experiments/${id}`, reader],
      ['POST', `/experiments/${id}/start`, reader],
      ['POST', `/experiments/${id}/amendments`, reader],
      ['DELETE', `/experiments/${id}`, editor],
      ['POST', `/experiments/${id}/clone`, editor],
    ] as const;
    for (const [method, path, as] of refused)
      expect((await app.problem(method, path, { as, body: {} })).body.code).toBe('forbidden');
    expect((await app.problem('GET', `/experiments/${id}`, { as: null })).status).toBe(401);
  });
});

describe('bad input', () => {
  const [control, treatment] = experimentBody().variants;
  const [metric] = experimentBody().metrics;
  const deep = (levels: number): unknown => JSON.parse('{"not":'.repeat(levels) + 'true' + '}'.repeat(levels));

  it.each<[string, object, string]>([
    ['an unknown field', { colour: 'red' }, 'colour'],
    ['a wrong type', { name: 5 }, 'name'],
    ['a sum of allocations of 99', { variants: [control, { ...treatment, trafficAllocation: 49 }] }, 'variants'],
    ['two controls', { variants: [control, { ...treatment, isControl: true }] }, 'variants[1].isControl'],
    ['no control', { variants: [{ ...control, isControl: false }, treatment] }, 'variants'],
    ['a variant twice', { variants: [control, { ...treatment, key: 'gate_30' }] }, 'variants[1].key'],
    ['one variant', { variants: [{ ...control, trafficAllocation: 100 }] }, 'variants'],
    ['end before start', { startDate: '2027-01-02T00:00:00Z', endDate: '2027-01-01T00:00:00Z' }, 'endDate'],
    ['a year that has no calendar', { endDate: '0000-01-01T00:00:00Z' }, 'endDate'],
    ['a metric twice', { metrics: [metric, metric] }, 'metrics[1].name'],
    [
      'a condition with an unknown operator',
      { targetingRules: { attr: 'country', op: 'is', values: ['NO'] } },
      'targetingRules.op',
    ],
    ['a condition that is too deep', { targetingRules: deep(40) }, 'targetingRules'],
    ['an invalid JSON path', { metrics: [{ ...metric, eventValuePath: '$.a[' }] }, 'metrics[0].eventValuePath'],
    ['a value out of range', { coverage: 100.5 }, 'coverage'],
    [
      'a fourth decimal',
      { variants: [{ ...control, trafficAllocation: 50.0001 }, treatment] },
      'variants[0].trafficAllocation',
    ],
    ['a 300-character key', { key: 'k'.repeat(300) }, 'key'],
    ['a key with a colon', { key: 'a:b' }, 'key'],
    ['a NUL in a text', { description: 'a\u0000b' }, 'description'],
    [
      'a NUL in a configuration',
      { variants: [{ ...control, configuration: { a: ['\u0000'] } }, treatment] },
      'variants[0].configuration',
    ],
    ['a malformed pointer as unit', { unit: ['/user//id'] }, 'unit[0]'],
    [
      'a CUSTOM metric without aggregation',
      { metrics: [{ ...metric, metricType: 'CUSTOM' }] },
      'metrics[0].aggregationMethod',
    ],
    ['two primary metrics', { metrics: [metric, { ...metric, name: 'other' }] }, 'metrics[1].isPrimary'],
    ['a SPLIT_URL without url', { experimentType: 'SPLIT_URL' }, 'variants[0].configuration.url'],
    ['a BANDIT without plan', { experimentType: 'BANDIT' }, 'bandit'],
    ['a MULTIVARIATE without factors', { experimentType: 'MULTIVARIATE' }, 'factors'],
  ])('%s is refused with the path, and nothing is stored', async (_what, change, path) => {
    const body = experimentBody(change);
    const { status, headers, body: problem } = await app.problem('POST', '/experiments', { body });
    expect([status, problem.code, headers.get('content-type')]).toEqual([
      400,
      'validation_failed',
      expect.stringContaining('application/problem+json'),
    ]);
    expect(problem.errors?.map((error) => error.path).some((it) => it === path || it.startsWith(`${path}.`))).toBe(
      true,
    );
    for (const table of ['experiments', 'definition_keys']) {
      expect(await app.sql(`select key from experimentation.${table} where key = ?`, [body.key])).toEqual([]);
    }
  });

  it('is a condition that leads back to the experiment, directly or by way of others', async () => {
    const asks = (flag: string) => ({ attr: 'on', flag, op: 'in', values: [true] });
    const own = experimentBody();
    const direct = await app.problem('POST', '/experiments', {
      body: { ...own, targetingRules: { not: asks(own.key) } },
    });
    expect([direct.status, direct.body.errors?.[0]?.path]).toEqual([400, 'targetingRules']);
    expect(await app.sql('select key from experimentation.definition_keys where key = ?', [own.key])).toEqual([]);

    const first = await make();
    const second = await make({ targetingRules: { all: [asks(first.key), { segment: 'nobody-knows' }] } });
    await app.sql(
      `insert into experimentation.segments (id, project_id, key, name, condition)
       select gen_random_uuid(), id, 'loop', 'Loop', ?::jsonb from experimentation.projects where key = 'default'`,
      [JSON.stringify({ any: [asks(second.key), { segment: 'loop' }] })],
    );
    const round = await app.problem('PATCH', `/experiments/${first.id}`, {
      body: { targetingRules: { segment: 'loop' } },
    });
    expect([round.status, round.body.errors]).toEqual([
      400,
      [
        {
          path: 'targetingRules',
          message: `must not depend on the experiment itself, as it does by way of experiment ${second.key}`,
        },
      ],
    ]);
    await app.call('POST', `/experiments/${first.id}/start`, { body: {} });
    const body = { change: { targetingRules: asks(second.key) }, reason: 'because' };
    const amended = await app.problem('POST', `/experiments/${first.id}/amendments`, { body });
    expect([amended.status, amended.body.errors?.[0]?.path]).toEqual([400, 'change.targetingRules']);
    const other = await app.call('POST', '/experiments', {
      body: experimentBody({ targetingRules: { segment: 'loop' } }),
    });
    expect(other.status).toBe(201);
  });

  it('that is nested a hundred thousand deep does not bring the service down', async () => {
    const bottomless = '{"not":'.repeat(100_000) + 'true' + '}'.repeat(100_000);
    const text = JSON.stringify(experimentBody({ targetingRules: 'HERE' })).replace('"HERE"', bottomless);
    for (const headers of [{}, { 'idempotency-key': 'bottomless' }]) {
      const { status, body } = await app.problem('POST', '/experiments', { body: text, headers });
      expect([status, body.code]).toEqual([400, 'validation_failed']);
    }
  });

  it('is named in full, not one fault at a time', async () => {
    const body = experimentBody({
      unit: ['a', 'a'],
      endDate: '2020-01-01T00:00:00Z',
      startDate: '2021-01-01T00:00:00Z',
      metrics: [metric, metric],
    });
    const { body: problem } = await app.problem('POST', '/experiments', { body });
    expect(problem.errors?.map(({ path }) => path)).toEqual([
      'endDate',
      'unit[1]',
      'metrics[1].name',
      'metrics[1].isPrimary',
    ]);
  });

  it('in an address is a 4xx as well', async () => {
    expect((await app.problem('GET', '/experiments/%00')).status).toBe(400);
    expect((await app.problem('GET', '/experiments?status=RUNNING')).status).toBe(400);
    expect((await app.problem('GET', '/experiments?colour=red')).status).toBe(400);
    expect((await app.problem('GET', '/experiments?sort=salt')).status).toBe(400);
    expect((await app.problem('GET', '/experiments?cursor=abc')).status).toBe(400);
    expect((await app.problem('GET', '/experiments?limit=0')).status).toBe(400);
    for (const name of ['q', 'tag', 'owner'])
      expect((await app.problem('GET', `/experiments?${name}=%00`)).status).toBe(400);
    expect((await app.problem('GET', '/metrics?experiment=%00')).status).toBe(400);
    expect(
      (await app.problem('PATCH', `/experiments/${(await make()).id}`, { body: {}, headers: { 'if-match': 'abc' } }))
        .status,
    ).toBe(400);
  });
});

describe('GET /experiments', () => {
  const list = async (query: string): Promise<string[]> => {
    const { status, body } = await app.call<Page<Experiment>>('GET', `/experiments?${query}`);
    expect(status).toBe(200);
    return body.items.map(({ key }) => key);
  };

  it('filters by status, type, tag, owner, environment and text', async () => {
    const { key } = await make({ tags: ['only-here', 'b"]'], name: 'Findable 100%_' });
    const staged = await make({ environment: 'staging', tags: ['only-here'] });
    expect(await list('tag=only-here')).toEqual([key]);
    expect(await list('tag=only')).toEqual([]);
    expect(await list(`tag=${encodeURIComponent('b"]')}`)).toEqual([key]);
    expect(await list('tag=only-here&environment=staging')).toEqual([staged.key]);
    expect(await list('tag=only-here&status=ACTIVE,DRAFT')).toEqual([key]);
    expect(await list('tag=only-here&status=ACTIVE')).toEqual([]);
    expect(await list('tag=only-here&type=BANDIT')).toEqual([]);
    expect(await list(`tag=only-here&owner=${app.owner.username}`)).toEqual([key]);
    expect(await list(`tag=only-here&owner=${app.owner.id}`)).toEqual([key]);
    expect(await list('tag=only-here&owner=nobody')).toEqual([]);
    expect(await list(`q=${encodeURIComponent('findable 100%_')}`)).toEqual([key]);
    expect(await list('q=findable 1000')).toEqual([]);
  });

  it('goes through all of them page by page, whole and in order', async () => {
    for (let index = 0; index < 5; index += 1) await make({ tags: ['paged'], name: `Name ${index % 2}` });
    for (const sort of ['-createdAt', 'name', '-name', 'key', 'updatedAt', 'status']) {
      const seen: Experiment[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const page: Answer<Page<Experiment>> = await app.call(
          'GET',
          `/experiments?tag=paged&sort=${sort}&limit=2&cursor=${cursor}`.replace(/&cursor=$/, ''),
        );
        expect(page.body.total).toBe(5);
        seen.push(...page.body.items);
        cursor = page.body.nextCursor;
      }
      expect(new Set(seen.map(({ id }) => id)).size).toBe(5);
      expect(seen.every(({ variants, metrics }) => variants.length === 2 && metrics.length === 2)).toBe(true);
      if (sort === 'key') expect(seen.map(({ key }) => key)).toEqual(seen.map(({ key }) => key).sort());
    }
  });
});

describe('parts of an experiment', () => {
  it('lists variants, its metrics, and the metrics of all experiments', async () => {
    const { id, key, variants, metrics } = await make({
      metrics: [{ name: 'rare', eventName: 'rare_event', metricType: 'COUNT' }],
    });
    expect((await app.call<Page<Variant>>('GET', `/experiments/${key}/variants`)).body).toEqual({
      items: variants,
      nextCursor: null,
      total: 2,
    });
    expect((await app.call<Page<Metric>>('GET', `/experiments/${id}/metrics`)).body).toEqual({
      items: metrics,
      nextCursor: null,
      total: 1,
    });
    const all = await app.call<Page<MetricOfExperiment>>('GET', '/metrics?eventName=rare_event');
    expect(all.body.items).toEqual([{ ...metrics[0], experimentId: id, experimentKey: key }]);
    const named = await app.call<Page<MetricOfExperiment>>(
      'GET',
      `/metrics?experiment=${key}&type=COUNT&q=RARE&sort=-createdAt`,
    );
    expect(named.body.items).toEqual(all.body.items);
    expect(
      (await app.call<Page<MetricOfExperiment>>('GET', '/metrics?eventName=rare_event&project=other')).body.total,
    ).toBe(0);
  });
});

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
