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
