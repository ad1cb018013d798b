import { AnalysisPlan, type AcceptedEvent, type ExperimentResults } from '@assay/contracts';
import { toExperimentDefinition } from '@assay/definitions';
import { Experiment, ExperimentRevision } from '@assay/models';
import { compareArms, compareStrata, meanFromValues } from '@assay/stats';
import { HealthService } from '../health/health.service.js';
import { InteractionsService } from '../interactions/interactions.service.js';
import { SeriesService } from '../series/series.service.js';
import { DAY, HOUR, LiveExperiment, metricOf, START, sum, USERS, type Made } from '../testing/live-experiment.js';

describe('the methods of the statistics on live data, by parts of it,', () => {
  let live: LiveExperiment;
  let users: readonly Made[];

  beforeAll(async () => {
    live = await LiveExperiment.start();
    ({ users } = live);
  });
  afterAll(() => live.analysis.stop());

  const read = (query: Record<string, string> = {}): Promise<ExperimentResults> => live.read(query);
  const arm = (index: number): Made[] => live.arm(index);

  it('part the units by an attribute of their context', async () => {
    const results = await read({ dimension: 'country' });
    expect(Object.keys(results.dimension!.units)).toEqual(['NO', 'SE', 'DK']);
    const swedes = users.filter(({ country }) => country === 'SE');
    expect(results.dimension!.units['SE']).toEqual({
      control: swedes.filter(({ arm: index }) => index === 0).length,
      'treatment-1': swedes.filter(({ arm: index }) => index === 1).length,
    });
    const revenue = metricOf(results, 'revenue').dimension!;
    const segment = revenue.segments.find((each) => each.segment === 'SE')!;
    expect(segment.variants[0]!.sum!).toBeCloseTo(
      sum(swedes.filter(({ arm: index }) => index === 0).map(({ after }) => sum(after))),
      6,
    );
    expect(segment.comparisons[0]!.holmPValue!).toBeGreaterThanOrEqual(segment.comparisons[0]!.pValue!);
    expect(revenue.heterogeneity[0]).toMatchObject({ variantKey: 'treatment-1', degreesOfFreedom: 2, refusal: null });
    const unknown = await read({ dimension: 'nothing' });
    expect(Object.keys(unknown.dimension!.units)).toEqual(['(none)']);
  });

  it('part the units of a moment and of a period in the same way', async () => {
    const present = await read({ dimension: 'country' });
    const later = new Date(Date.now() + HOUR).toISOString();
    for (const query of [
      { asOf: later },
      { from: '2026-01-01T00:00:00Z' },
      { asOf: later, to: '2027-01-01T00:00:00Z' },
    ]) {
      const part = await read({ dimension: 'country', ...query });
      expect(part.dimension).toEqual(present.dimension);
      for (const { name, dimension } of present.metrics) {
        const same = metricOf(part, name).dimension!;
        const numbers = ({ segments }: NonNullable<typeof dimension>) =>
          segments.flatMap(({ segment, comparisons }) =>
            comparisons.map(({ statistic, holmPValue }) => [
              segment,
              statistic?.toPrecision(9),
              holmPValue?.toPrecision(8),
            ]),
          );
        expect([name, numbers(same)]).toEqual([name, numbers(dimension!)]);
      }
    }
    const days = { from: new Date(START).toISOString(), to: new Date(START + 2 * DAY).toISOString() };
    const begun = await read({ dimension: 'country', ...days });
    const early = users.filter(({ exposedAt }) => exposedAt < START + 2 * DAY);
    const count = (country: string, index: number): number =>
      early.filter((user) => user.country === country && user.arm === index).length;
    expect(begun.dimension!.units['DK']).toEqual({ control: count('DK', 0), 'treatment-1': count('DK', 1) });
    const nobody = await read({ dimension: 'country', asOf: '2026-01-01T00:00:00Z' });
    expect(nobody.dimension!.units).toEqual({});
  });

  it('post-stratify by an attribute that the plan names', async () => {
    const { em } = live.analysis;
    await em.nativeUpdate(
      Experiment,
      { key: 'live', project: live.project.id },
      { analysis: AnalysisPlan.parse({ stratifyBy: 'country' }), version: 2, updatedAt: new Date() },
    );
    const results = await read();
    const comparison = metricOf(results, 'revenue').comparisons[0]!;
    const strata = ['NO', 'SE', 'DK'].map((country) => {
      const values = (index: number) =>
        meanFromValues(
          arm(index)
            .filter((user) => user.country === country)
            .map(({ after }) => sum(after)),
        );
      return { control: values(0), treatment: values(1) };
    });
    const expected = compareStrata(strata);
    expect(comparison.test).toBe('post-stratified-t');
    expect(comparison.absolute!.estimate!).toBeCloseTo(expected.absolute!.estimate, 9);
    expect(comparison.pValue!).toBeCloseTo(expected.pValue!, 10);
    expect(comparison.adjustment).toMatchObject({ methods: ['post-stratification'], stratifiedBy: 'country' });
  });

  it('test the split by day and segment, and what units did before', async () => {
    const { em } = live.analysis;
    await em.nativeUpdate(
      Experiment,
      { key: 'live', project: live.project.id },
      { analysis: AnalysisPlan.parse({ cuped: true }), version: 3, updatedAt: new Date() },
    );
    const health = await live.analysis.app.get(HealthService).read(live.project.id, 'live', 'country');
    expect(health.verdict).toBe('healthy');
    expect(health.issues).toEqual([]);
    expect(health.flow.map(({ day }) => day)).toEqual(
      Array.from({ length: 10 }, (_, day) => new Date(START + day * DAY).toISOString().slice(0, 10)),
    );
    const exposed = health.flow.flatMap(({ units }) => Object.values(units));
    expect(sum(exposed)).toBe(USERS);
    expect(health.srm.byDay).toHaveLength(10);
    expect(health.srm.bySegment!.map(({ segment }) => segment)).toEqual(['NO', 'SE', 'DK']);
    expect(health.srm.sequential).toMatchObject({ looks: 10, verdict: 'ok' });
    const balance = health.balance.tests.find(({ metric }) => metric === 'revenue')!;
    expect(balance.controlMean!).toBeCloseTo(sum(arm(0).map(({ before }) => sum(before))) / arm(0).length, 9);
    expect(balance.isBalanced).toBe(true);
    expect(health.balance.tests.map(({ metric }) => metric)).not.toContain('basket');
    expect(health.heterogeneity).toMatchObject({ attributes: [{ name: 'country' }], units: USERS, refusal: null });
    // Danes are too few in each arm to stand for themselves, and nobody is left to stand with.
    expect(health.heterogeneity.attributes[0]!.segments).toEqual(['NO', 'SE']);
    const byCountry = health.heterogeneity.tests.filter(({ attribute }) => attribute === 'country');
    expect(byCountry.map(({ metric }) => metric)).toEqual(['revenue', 'capped', 'orders', 'rate']);
    expect(byCountry.every(({ adjustedPValue, pValue }) => adjustedPValue! >= pValue!)).toBe(true);
    expect(health.novelty.tests.map(({ metric, refusal }) => [metric, refusal?.code])).toEqual(
      ['revenue', 'capped', 'orders'].map((metric) => [metric, 'NOT_ENOUGH_TRAFFIC']),
    );
  });

  it('test what units did before without CUPED, from the events', async () => {
    const { em } = live.analysis;
    const setPlan = (analysis: object, version: number) =>
      em.nativeUpdate(
        Experiment,
        { key: 'live', project: live.project.id },
        { analysis: AnalysisPlan.parse(analysis), version, updatedAt: new Date() },
      );
    const health = () => live.analysis.app.get(HealthService).read(live.project.id, 'live', undefined);
    const kept = (await health()).balance;
    await setPlan({}, 4);
    const scanned = (await health()).balance;
    const numbers = ({ tests }: typeof kept, name: string) => {
      const { controlMean, treatmentMean, pValue } = tests.find(({ metric }) => metric === name)!;
      return [controlMean, treatmentMean, pValue].map((number) => number!.toPrecision(9));
    };
    expect(scanned.tests.map(({ metric }) => metric)).toEqual(['revenue', 'capped', 'orders']);
    for (const name of ['revenue', 'orders']) expect(numbers(scanned, name)).toEqual(numbers(kept, name));
    await setPlan({ cuped: true, correction: 'holm', sequential: 'asymptotic-cs' }, 5);
  });

  it('give a series that ends with the results and whose running p never rises', async () => {
    const seriesOf = (name: string) => live.analysis.app.get(SeriesService).read(live.project.id, 'live', name);
    const series = await seriesOf('revenue');
    const present = await read();
    const results = metricOf(present, 'revenue').comparisons[0]!;
    expect(series.points).toHaveLength(10);
    const last = series.points.at(-1)!.comparisons[0]!.cumulative!;
    expect(last.estimate!).toBeCloseTo(results.absolute!.estimate!, 9);
    expect(last.band![0]!).toBeLessThan(results.absolute!.ci![0]!);
    // The level that the correction leaves to each of the goals, as in the results.
    expect(series.band.alpha).toBeCloseTo(0.05 / 3, 12);
    expect(last.band![0]!).toBeCloseTo(results.sequential!.ci![0]!, 9);
    expect(series).toMatchObject({ adjustmentRefusal: null, refusal: null });
    const running = series.points.flatMap(({ comparisons }) => comparisons[0]!.cumulative?.running?.pValue ?? []);
    expect([...running].sort((a, b) => b - a)).toEqual(running);
    expect(series.points.reduce((total, { variants }) => total + variants[0]!.n, 0)).toBe(arm(0).length);
    const capped = await seriesOf('capped');
    const cappedResult = metricOf(present, 'capped').comparisons[0]!;
    expect(capped.points.at(-1)!.comparisons[0]!.cumulative!.estimate!).toBeCloseTo(
      cappedResult.absolute!.estimate!,
      9,
    );
    const [price, spent] = [await seriesOf('price'), await seriesOf('spent')];
    for (const [name, { points }] of [
      ['price', price],
      ['spent', spent],
    ] as const) {
      const { variants, comparisons } = metricOf(present, name);
      expect(points).toHaveLength(10);
      expect(points.at(-1)!.variants.map(({ cumulativeN, cumulativeMean }) => [cumulativeN, cumulativeMean])).toEqual(
        variants.map(({ n, mean }) => [n, mean]),
      );
      const { absolute, sequential } = comparisons[0]!;
      expect(points.at(-1)!.comparisons[0]!.cumulative).toMatchObject({ ...absolute, band: sequential!.ci });
    }
  });

  it('give the effect by the days since the exposure, of those who have lived through them', async () => {
    const { novelty } = await live.analysis.app.get(SeriesService).read(live.project.id, 'live', 'revenue');
    // The last purchase is on the day after the last exposures begin: all but the last two days of exposure are through.
    const through = users.filter(({ exposedAt }) => exposedAt < START + 8 * DAY);
    const totals = (index: number) =>
      meanFromValues(through.filter((user) => user.arm === index).map(({ after }) => sum(after)));
    const { absolute } = compareArms({ control: totals(0), treatment: totals(1) });
    expect(novelty[0]!.days[0]!.day).toBe(0);
    expect(novelty[0]!.days[0]!.estimate).toBeCloseTo(absolute!.estimate, 9);
    expect(novelty[0]!.days[0]!.standardError).toBeCloseTo(absolute!.standardError!, 9);
    expect(novelty[0]!.refusal?.code).toBe('NOT_ENOUGH_TRAFFIC');
  });

  it('find two experiments that change each other’s effect', async () => {
    // The other experiment's treatment is what makes the first one's work: half of the users, whatever their arm.
    const other = await live.newExperiment('other', {});
    const seen = users.map((user, index): Made => ({ ...user, arm: index % 4 < 2 ? 0 : 1 }));
    await live.assign(other, seen);
    const twisted: AcceptedEvent[] = users.flatMap((user, index) => {
      if (user.arm !== 1 || seen[index]!.arm !== 1) return [];
      return [live.event(user.userId, 'buy', user.exposedAt + 30 * HOUR, 400)];
    });
    await live.analysis.events(twisted);
    await live.analysis.settled();
    const scan = await live.analysis.app.get(InteractionsService).read(live.project.id, { alpha: 0.01, limit: 100 });
    expect(scan).toMatchObject({ pairs: 1, experiments: expect.arrayContaining(['live', 'other']) as unknown });
    const found = scan.interactions.find((test) => test.experiment === 'live' && test.metric === 'revenue')!;
    expect(found).toMatchObject({ with: 'other', units: USERS, degreesOfFreedom: 1, flagged: true });
    expect(found.interaction!.estimate!).toBeGreaterThan(300);
    expect(found.interaction!.estimate!).toBeLessThan(500);
    expect(scan.overlaps).toEqual([expect.objectContaining({ experiment: 'live', with: 'other', flagged: false })]);
    expect(scan.interactions.every((test) => test.adjustedPValue >= test.pValue)).toBe(true);
  });

  it('are judged as of a moment by the plan of then, and do not grow older than the experiment', async () => {
    const { em } = live.analysis;
    const experiment = await em.findOneOrFail(
      Experiment,
      { key: 'live', project: live.project.id },
      { populate: ['variants', 'metricDefinitions'], refresh: true },
    );
    const { version } = experiment;
    const completed = new Date(Math.max(...users.map(({ exposedAt }) => exposedAt)) + DAY);
    const present = toExperimentDefinition(experiment);
    const definition = (status: string, fields: object) => ({
      ...present,
      status,
      variants: present.variants.map((variant) => ({ ...variant, name: variant.key, description: '' })),
      analysis: AnalysisPlan.parse({ minimumDays: 11, ...fields }),
    });
    const revisions = [
      { version, change: 'amended', definition: definition('ACTIVE', { alpha: 0.2 }), createdAt: new Date(START) },
      { version: version + 1, change: 'completed', definition: definition('COMPLETED', {}), createdAt: completed },
    ];
    for (const fields of revisions)
      em.create(ExperimentRevision, { experiment, reason: null, actorId: null, ...fields });
    await em.flush();
    await em.nativeUpdate(
      Experiment,
      { id: experiment.id },
      {
        analysis: AnalysisPlan.parse({ minimumDays: 11 }),
        status: 'COMPLETED',
        version: version + 1,
        updatedAt: new Date(),
      },
    );
    const ended = await read();
    expect(ended).toMatchObject({ status: 'COMPLETED', alpha: 0.05, verdict: { action: 'inconclusive' } });
    expect(ended.verdict.reasons.join(' ')).toContain('It has run for 10.1 of at least 11 days.');
    const before = await read({ asOf: new Date(completed.getTime() - 1).toISOString() });
    expect(before).toMatchObject({ status: 'ACTIVE', alpha: 0.2 });
    await em.nativeUpdate(Experiment, { id: experiment.id }, { status: 'ACTIVE', version: version + 2 });
    expect((await read()).verdict.reasons.join(' ')).not.toContain('It has run for');
  });
});
