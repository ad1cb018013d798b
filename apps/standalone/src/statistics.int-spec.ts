import { until } from '@assay/testing';
import type { ExperimentHealth, ExperimentResults, InteractionScan, SampleSizeAnswer } from '@assay/contracts';
import { AssayServer } from '../test/assay-process.js';

interface Problem {
  readonly code: string;
  readonly errors: readonly { readonly path: string; readonly message: string }[];
}

describe('the statistics over HTTP', () => {
  let server: AssayServer;
  beforeAll(async () => {
    server = await AssayServer.start();
  });
  afterAll(async () => {
    await server.remove();
  });

  const send = <T>(method: string, path: string, body?: object) => server.ask<T>(method, path, body);
  const experiment = (key: string, rest: object = {}): object => ({
    key,
    name: key,
    variants: [
      { key: 'a', isControl: true, trafficAllocation: 50 },
      { key: 'b', trafficAllocation: 50 },
    ],
    metrics: [{ name: 'bought', eventName: 'purchase', metricType: 'CONVERSION' }],
    ...rest,
  });
  const faults = ({ body, status }: { status: number; body: Problem }): unknown => [
    status,
    body.errors.map(({ path }) => path),
  ];

  it('plan a test, and name the field that cannot be planned with', async () => {
    const design = { kind: 'proportion', baseline: 0.1 };
    const size = await send<SampleSizeAnswer>('POST', '/power/sample-size', { ...design, effect: 0.2 });
    expect([size.status, size.body]).toEqual([200, expect.objectContaining({ unitsPerVariant: 3_841 })]);
    const mde = await send('POST', '/power/mde', { ...design, unitsPerVariant: 3_841 });
    expect(mde.status).toBe(200);
    const duration = await send('POST', '/power/duration', { ...design, effect: 0.2, dailyUnits: 1_000 });
    expect([duration.status, duration.body]).toEqual([
      200,
      { days: 8, weeks: 2, unitsPerVariant: 3_841, totalUnits: 7_682 },
    ]);
    expect(faults(await send<Problem>('POST', '/power/sample-size', { ...design, effect: 20 }))).toEqual([
      400,
      ['effect'],
    ]);
    expect(faults(await send<Problem>('POST', '/power/mde', design))).toEqual([400, ['unitsPerVariant']]);
    expect(faults(await send<Problem>('POST', '/power/duration', { dailyUnits: 0 }))).toEqual([400, ['dailyUnits']]);
  });

  it('take a plan, fix it at the start, and let it be amended with a reason', async () => {
    const analysis = { engine: 'bayesian', prior: { mean: 0, standardDeviation: 0.3 }, sequential: 'pocock', looks: 4 };
    const made = await send<{ analysis: object }>('POST', '/experiments', experiment('planned', { analysis }));
    expect([made.status, made.body.analysis]).toEqual([201, expect.objectContaining(analysis)]);
    await send('POST', '/experiments/planned/start', {});
    const patched = await send<Problem>('PATCH', '/experiments/planned', { analysis: { looks: 5 } });
    expect([patched.status, patched.body.code]).toEqual([409, 'amendment_required']);
    const change = { change: { analysis: { looks: 5 } }, reason: 'A look was forgotten.' };
    const amended = await send<{ analysis: object }>('POST', '/experiments/planned/amendments', change);
    expect([amended.status, amended.body.analysis]).toEqual([200, expect.objectContaining({ ...analysis, looks: 5 })]);
    const bad = await send<Problem>('POST', '/experiments', experiment('bad', { analysis: { looks: 0, prior: {} } }));
    expect(faults(bad)).toEqual([400, ['analysis.looks', 'analysis.prior.standardDeviation']]);
    const oneSided = { analysis: { sequential: 'msprt', alternative: 'one-sided' } };
    const mixed = await send<Problem>('POST', '/experiments', experiment('mixed', oneSided));
    expect(faults(mixed)).toEqual([400, ['analysis.alternative']]);
  });

  it('judge the split by the allocation that each unit came under, when it was amended', async () => {
    const size = 240;
    await send('POST', '/experiments', experiment('ramped'));
    await send('POST', '/experiments/ramped/start', {});
    const assign = async (from: number): Promise<void> => {
      const ids = Array.from({ length: size }, (_, index) => `ramp-${from + index}`);
      for (let first = 0; first < size; first += 40) {
        const some = ids.slice(first, first + 40);
        await Promise.all(some.map((userId) => send('POST', '/assignments', { experiment: 'ramped', userId })));
      }
    };
    await assign(0);
    const variants = [
      { key: 'a', isControl: true, trafficAllocation: 90 },
      { key: 'b', trafficAllocation: 10 },
    ];
    await send('POST', '/experiments/ramped/amendments', { change: { variants }, reason: 'It is too costly.' });
    await assign(size);
    const results = async () => (await send<ExperimentResults>('GET', '/experiments/ramped/results')).body;
    await until(async () => Object.values((await results()).units).reduce((sum, n) => sum + n, 0) === 2 * size);
    const { srm, units } = await results();
    expect(srm).toMatchObject({ verdict: 'ok', expectation: 'allocation-at-exposure' });
    // By the present allocation there would be far too many.
    expect(units['b']).toBeGreaterThan(2 * size * 0.2);
    const { body: health } = await send<ExperimentHealth>('GET', '/experiments/ramped/health');
    expect(health.verdict).toBe('healthy');
    expect(health.srm.allocations.map(({ shares }) => shares)).toEqual([
      { a: 50, b: 50 },
      { a: 90, b: 10 },
    ]);
  });

  it('answer about an experiment without a unit, and refuse what it does not have', async () => {
    await send('POST', '/experiments', experiment('empty'));
    await send('POST', '/experiments/empty/start', {});
    for (const path of ['results', 'results?dimension=country', 'health', 'health?dimension=country', 'timeseries']) {
      expect([path, (await send('GET', `/experiments/empty/${path}`)).status]).toEqual([path, 200]);
    }
    const results = await send('GET', '/experiments/empty/results');
    expect(results.body).toMatchObject({ verdict: { decision: 'no-data', action: 'keep-running' } });
    expect(faults(await send<Problem>('GET', '/experiments/empty/results?metric=nothing'))).toEqual([400, ['metric']]);
    expect(faults(await send<Problem>('GET', '/experiments/empty/timeseries?metric=nothing'))).toEqual([
      400,
      ['metric'],
    ]);
    expect(faults(await send<Problem>('GET', '/experiments/empty/health?surprise=1'))).toEqual([400, ['surprise']]);
    expect((await send('GET', '/experiments/nobody/health')).status).toBe(404);
  });

  it('scan the project for interactions', async () => {
    const scan = await send<InteractionScan>('GET', '/interactions');
    expect([scan.status, scan.body]).toEqual([200, expect.objectContaining({ pairs: 0, tests: 0, interactions: [] })]);
    expect(faults(await send<Problem>('GET', '/interactions?alpha=2'))).toEqual([400, ['alpha']]);
    expect((await send('GET', '/interactions?experiment=nobody')).status).toBe(404);
  });
});
