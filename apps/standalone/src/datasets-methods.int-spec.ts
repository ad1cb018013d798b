import type { ExperimentHealth, ExperimentResults, TimeSeries } from '@assay/contracts';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssayServer, removeFolder, root, testFolder } from '../test/assay-process.js';
import { halves } from '../test/two-halves.js';

const vectors = process.env['ASSAY_VECTORS'] ?? join(root, '..', 'shared', 'vectors');
const data = join(vectors, '..', 'data');
// The data sets are large and lie beside the vectors, not in the repository.
const isThere = existsSync(data);
if (!isThere)
  process.stderr.write(`No data sets in ${data} (set ASSAY_VECTORS): the methods on published tests are skipped.\n`);

interface DatasetCase {
  readonly id: string;
  readonly input: { readonly alpha: number; readonly tuningParameter: number };
  readonly expected: Readonly<Record<string, number>> & { readonly looks: readonly Look[] };
}
interface Look {
  readonly day: number;
  readonly diff: number;
  readonly acsHalfwidth: number;
}

/** Published tests by `assay import`, and every method that applies to them, against the published numbers. */
(isThere ? describe : describe.skip)('the methods on a published A/B test', () => {
  let dataDir: string;
  let server: AssayServer;
  const published = isThere
    ? (JSON.parse(readFileSync(join(vectors, 'stats', 'datasets.json'), 'utf8')) as { cases: DatasetCase[] }).cases
    : [];
  const expectedOf = (id: string) => published.find((each) => each.id === `datasets-pub-${id}`)!;

  beforeAll(async () => {
    dataDir = testFolder();
    server = await AssayServer.start(dataDir);
  });
  afterAll(async () => {
    await server.stop();
    removeFolder(dataDir);
  });

  const run = async (...args: string[]): Promise<string> => {
    const command = server.assay(...args);
    expect([await command.ended, command.err]).toEqual([0, expect.any(String)]);
    return command.out;
  };
  const resultsOf = async (...args: string[]): Promise<ExperimentResults> =>
    JSON.parse(await run('results', ...args, '--json')) as ExperimentResults;
  const make = async (body: object): Promise<void> => {
    const { status, body: answer } = await server.ask('POST', '/experiments', body);
    expect([status, answer]).toEqual([201, expect.anything()]);
  };
  const metricOf = ({ metrics }: ExperimentResults, name: string) => metrics.find((metric) => metric.name === name)!;

  it('Cookie Cats: capped, ranked, corrected, sequential and guarded', async () => {
    const rounds = { eventName: 'cookies.sum_gamerounds', metricType: 'CUSTOM' };
    await make({
      key: 'cookies',
      name: 'Cookie Cats',
      variants: halves('gate_30', 'gate_40'),
      metrics: [
        {
          name: 'retention_7',
          eventName: 'cookies.retention_7',
          metricType: 'CONVERSION',
          isPrimary: true,
          expectedEffect: 0.02,
        },
        {
          name: 'retention_1',
          eventName: 'cookies.retention_1',
          metricType: 'CONVERSION',
          role: 'guardrail',
          nonInferiorityMargin: 0.05,
        },
        { name: 'sum_gamerounds', ...rounds, aggregationMethod: 'sum', role: 'secondary' },
        { name: 'capped_rounds', ...rounds, aggregationMethod: 'sum', capPercentile: 0.999 },
        {
          name: 'median_rounds',
          ...rounds,
          aggregationMethod: 'quantile',
          quantile: 0.5,
          quantileBy: 'unit',
          role: 'secondary',
        },
      ],
      analysis: { sequential: 'asymptotic-cs', plannedUnits: 90_000, correction: 'holm' },
    });
    const columns = ['--unit', 'userid', '--variant', 'version', '--control', 'gate_30'];
    const metrics = ['--metric', 'retention_1', '--metric', 'retention_7', '--metric', 'sum_gamerounds:sum'];
    const table = await run('import', join(data, 'cookie_cats.csv'), '--experiment', 'cookies', ...columns, ...metrics);
    for (const shown of [
      't -0.14670',
      'values cut at 1073.6 (percentile 99.9)',
      'at every look (asymptotic-cs, decides)',
      'margin of 5.00 % kept',
      'Verdict: No difference can be told yet',
      'Still needed by the plan',
    ]) {
      expect(table).toContain(shown);
    }
    const results = await resultsOf('cookies');
    const capped = metricOf(results, 'capped_rounds');
    const expected = expectedOf('004').expected;
    expect(capped.variants.map(({ mean }) => mean!.toFixed(9))).toEqual(
      [expected['meanC']!, expected['meanT']!].map((mean) => mean.toFixed(9)),
    );
    expect(capped.comparisons[0]!.statistic!).toBeCloseTo(expected['t']!, 9);
    expect(capped.comparisons[0]!.degreesOfFreedom!).toBeCloseTo(expected['df']!, 4);
    const day7 = metricOf(results, 'retention_7').comparisons[0]!;
    expect(day7.adjustedPValue!).toBeCloseTo(2 * expectedOf('002').expected['pTwoSided']!, 12);
    // The level is shared by two goals, and the view that may be looked at all the time asks for more.
    expect(day7).toMatchObject({ decidedBy: 'sequential', significant: true, decisive: false });
    expect(metricOf(results, 'median_rounds').variants.map(({ mean }) => mean)).toEqual([
      medianOfPlayers('gate_30'),
      medianOfPlayers('gate_40'),
    ]);
    expect(results.verdict).toMatchObject({ decision: 'no-difference-yet', action: 'keep-running', winner: null });
  }, 480_000);

  it('a landing page, cleaned: countries, days and the whole', async () => {
    const file = join(dataDir, 'landing.csv');
    writeFileSync(file, cleanRows());
    const { input, expected } = expectedOf('010');
    await make({
      key: 'landing-clean',
      name: 'Landing page',
      variants: halves('control', 'treatment'),
      metrics: [{ name: 'converted', eventName: 'landing-clean.converted', metricType: 'CONVERSION' }],
      analysis: { sequential: 'asymptotic-cs', plannedUnits: input.tuningParameter },
    });
    await run(
      ...['import', file, '--experiment', 'landing-clean', '--unit', 'user_id', '--variant', 'group'],
      ...['--control', 'control', '--timestamp', 'timestamp', '--dimension', 'country', '--metric', 'converted'],
    );
    const results = await resultsOf('landing-clean', '--dimension', 'country');
    expect(results.units).toEqual({ control: 145_274, treatment: 145_310 });
    const whole = metricOf(results, 'converted');
    expect(whole.comparisons[0]!.statistic!).toBeCloseTo(-1.3109241984234394, 10);
    expect(Object.keys(results.dimension!.units)).toEqual(['US', 'UK', 'CA']);
    for (const [country, id] of [
      ['UK', '008'],
      ['US', '009'],
    ] as const) {
      const segment = whole.dimension!.segments.find((each) => each.segment === country)!.comparisons[0]!;
      expect(segment.statistic!).toBeCloseTo(expectedOf(id).expected['zPooled']!, 9);
      expect(segment.absolute!.estimate!).toBeCloseTo(expectedOf(id).expected['diff']!, 12);
    }
    expect(whole.dimension!.heterogeneity[0]).toMatchObject({ degreesOfFreedom: 2, refusal: null });

    const series = await server.read<TimeSeries>('/experiments/landing-clean/timeseries');
    expect(series.points).toHaveLength(23);
    expected.looks.forEach(({ day, diff, acsHalfwidth }, index) => {
      const look = series.points[index]!.comparisons[0]!.cumulative!;
      expect(series.points[index]!.day).toBe(`2017-01-${String(day + 1).padStart(2, '0')}`);
      expect(look.estimate!).toBeCloseTo(diff, 12);
      expect((look.band![1]! - look.band![0]!) / 2).toBeCloseTo(acsHalfwidth, 10);
    });
    const health = await server.read<ExperimentHealth>('/experiments/landing-clean/health?dimension=country');
    expect(health).toMatchObject({ verdict: 'healthy', issues: [] });
    expect(health.flow).toHaveLength(23);
    expect(await run('results', 'landing-clean', '--dimension', 'country')).toContain('converted by country');
  }, 480_000);
});

/** Of those who played at all. */
function medianOfPlayers(version: string): number {
  const played = readFileSync(join(data, 'cookie_cats.csv'), 'utf8')
    .split('\n')
    .map((line) => line.split(','))
    .filter(([, group, rounds]) => group === version && Number(rounds) > 0)
    .map(([, , rounds]) => Number(rounds))
    .sort((a, b) => a - b);
  const middle = (played.length - 1) / 2;
  return ((played[Math.floor(middle)] ?? NaN) + (played[Math.ceil(middle)] ?? NaN)) / 2;
}

/** Rows whose group and page agree, the first one per user, with the user's country. */
function cleanRows(): string {
  const lines = (name: string): string[][] =>
    readFileSync(join(data, name), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(','));
  const countries = new Map(lines('ab_countries.csv').map(([user = '', country = '']) => [user, country]));
  const seen = new Set<string>();
  const rows = lines('ab_data.csv').flatMap(([user = '', time = '', group = '', page = '', converted = '']) => {
    if ((group === 'treatment') !== (page === 'new_page') || seen.has(user)) return [];
    seen.add(user);
    return [`${user},${time},${group},${converted},${countries.get(user) ?? ''}`];
  });
  return ['user_id,timestamp,group,converted,country', ...rows, ''].join('\n');
}
