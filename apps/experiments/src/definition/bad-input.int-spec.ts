import type { Experiment } from '@assay/contracts';
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
    expect([direct.status, direct.body.errors?.[0]?.path]).toEqual([400, 'targetingRules.not.flag']);
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
    const way = `experiment ${first.key} -> segment loop -> experiment ${second.key} -> experiment ${first.key}`;
    expect([round.status, round.body.errors]).toEqual([
      400,
      [
        {
          path: 'targetingRules.segment',
          message: `must not lead back to itself: ${way}`,
        },
      ],
    ]);
    await app.call('POST', `/experiments/${first.id}/start`, { body: {} });
    const body = { change: { targetingRules: asks(second.key) }, reason: 'because' };
    const amended = await app.problem('POST', `/experiments/${first.id}/amendments`, { body });
    expect([amended.status, amended.body.errors?.[0]?.path]).toEqual([400, 'change.targetingRules.flag']);
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
  });

  it('as a version is one that the experiment does not have', async () => {
    const { id } = await make();
    const rename = (tags: string) =>
      app.problem('PATCH', `/experiments/${id}`, { body: { name: 'New' }, headers: { 'if-match': tags } });
    for (const tags of ['stale', '"abc"', '"7", "8"', 'W/"7"']) {
      const { status, body } = await rename(tags);
      expect([status, body.code]).toEqual([412, 'version_conflict']);
    }
    expect((await rename('"7", "1"')).status).toBe(200);
  });
});
