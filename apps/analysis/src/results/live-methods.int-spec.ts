import { AnalysisPlan, type AcceptedEvent, type ExperimentResults } from '@assay/contracts';
import { Assignment, Experiment, Project, type Metric } from '@assay/models';
import {
  asymptoticConfidenceSequence,
  compareArms,
  compareStrata,
  cupedEffect,
  covariateFromValues,
  meanFromValues,
  quantileFromClusters,
  sampleQuantile,
} from '@assay/stats';
import { aProject, anExperiment } from '@assay/testing';
import { randomUUID } from 'node:crypto';
import { HealthService } from '../health/health.service.js';
import { InteractionsService } from '../interactions/interactions.service.js';
import { SeriesService } from '../series/series.service.js';
import { AnalysisProcess } from '../testing/analysis-process.js';
import { randomNumbers } from '../testing/random-numbers.js';
import { ResultsService } from './results.service.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.parse('2026-03-01T00:00:00Z');
const USERS = 600;

/** A user as it was made up; what analysis answers is compared with methods applied to these values. */
interface Made {
  readonly userId: string;
  readonly arm: 0 | 1;
  readonly country: string;
  readonly exposedAt: number;
  /** Purchases before and after the exposure. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly visited: boolean;
}

describe('the methods of the statistics on live data', () => {
  let analysis: AnalysisProcess;
  let project: Project;
  let experiment: Experiment;
  let users: readonly Made[];

  beforeAll(async () => {
    analysis = await AnalysisProcess.start();
    const { em } = analysis;
    project = aProject(em);
    await em.flush();
    experiment = await newExperiment('live', {
      cuped: true,
      stratifyBy: null,
      correction: 'holm',
      sequential: 'asymptotic-cs',
      plannedUnits: USERS,
    });
    users = madeUsers(USERS);
    await send(experiment, users);
  });
  afterAll(() => analysis.stop());

  const METRICS: Record<string, Partial<Metric>> = {
    revenue: { aggregationMethod: 'sum', expectedEffect: 0.1 },
    capped: { aggregationMethod: 'sum', capPercentile: 0.9, ignoreZeros: true },
    orders: { aggregationMethod: 'count', covariates: ['revenue'] },
    basket: { aggregationMethod: 'average', role: 'secondary' },
    price: { aggregationMethod: 'quantile', quantile: 0.8, role: 'secondary' },
    spent: { aggregationMethod: 'quantile', quantile: 0.5, quantileBy: 'unit', role: 'secondary' },
    kinds: { aggregationMethod: 'distinct', role: 'secondary' },
    funnel: { aggregationMethod: 'funnel', role: 'secondary', metricType: 'CONVERSION' },
    rate: { aggregationMethod: 'ratio', role: 'guardrail' },
  };

  async function newExperiment(key: string, analysisPlan: Record<string, unknown>): Promise<Experiment> {
    const { em } = analysis;
    const home = await em.findOneOrFail(Project, project.id, { populate: ['environments'] });
    const made = anExperiment(em, { project: home, status: 'ACTIVE', key, metrics: Object.keys(METRICS) });
    made.analysis = AnalysisPlan.parse(analysisPlan);
    for (const metric of made.metricDefinitions.getItems()) {
      Object.assign(metric, { eventName: 'buy', metricType: 'CUSTOM', ...METRICS[metric.name] });
      if (metric.aggregationMethod === 'funnel') metric.steps = ['visit', 'buy'];
      if (metric.aggregationMethod === 'ratio') metric.denominatorEventName = 'visit';
    }
    await em.flush();
    return made;
  }

  async function send(to: Experiment, made: readonly Made[]): Promise<void> {
    const { em } = analysis;
    const variants = to.variants.getItems();
    const event = (userId: string, eventType: string, at: number, value: number | null): AcceptedEvent => {
      const key = randomUUID();
      const rest = { experimentId: null, variantId: null, flagId: null, metadata: null };
      return { key, id: key, projectId: project.id, eventType, userId, at, value, ...rest };
    };
    const events = made.flatMap((user) => [
      ...user.before.map((value, index) => event(user.userId, 'buy', user.exposedAt - (index + 1) * HOUR, value)),
      ...(user.visited ? [event(user.userId, 'visit', user.exposedAt + HOUR, null)] : []),
      ...user.after.map((value, index) => event(user.userId, 'buy', user.exposedAt + (index + 2) * HOUR, value)),
    ]);
    if (to.key === 'live') await analysis.events(events);
    for (const user of made) {
      em.create(Assignment, {
        experiment: to.id,
        variant: variants[user.arm]!.id,
        userId: user.userId,
        context: { country: user.country },
        bucket: 0,
        definitionVersion: 1,
        propensity: 0.5,
        createdAt: new Date(user.exposedAt),
      });
    }
    await em.flush();
    await analysis.assignments(
      made.map((user) => ({
        projectId: project.id,
        experimentId: to.id,
        variantId: variants[user.arm]!.id,
        userId: user.userId,
        at: user.exposedAt,
        definitionVersion: 1,
        propensity: 0.5,
      })),
    );
    await analysis.settled();
  }

  const read = (query: Record<string, string> = {}, key = 'live'): Promise<ExperimentResults> =>
    analysis.app.get(ResultsService).read(project.id, key, query);
  const metricOf = (results: ExperimentResults, name: string) => results.metrics.find((each) => each.name === name)!;
  const arm = (index: number): Made[] => users.filter((user) => user.arm === index);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

  it('adjust for what units did before their exposure (CUPED)', async () => {
    const { comparisons } = metricOf(await read(), 'revenue');
    const summary = (index: number) =>
      covariateFromValues(
        arm(index).map(({ after }) => sum(after)),
        arm(index).map(({ before }) => sum(before)),
      );
    const expected = cupedEffect(summary(0), summary(1), 'absolute', 0.05);
    if (!expected.ok) throw new Error(expected.refusal.message);
    const comparison = comparisons[0]!;
    expect(comparison.test).toBe('cuped-t');
    expect(comparison.absolute!.estimate!).toBeCloseTo(expected.value.estimate, 9);
    expect(comparison.absolute!.standardError!).toBeCloseTo(expected.value.standardError, 9);
    expect(comparison.pValue!).toBeCloseTo(expected.value.pValue, 12);
    expect(comparison.adjustment!.methods).toEqual(['cuped']);
    const plain = compareArms({
      control: meanFromValues(arm(0).map(({ after }) => sum(after))),
      treatment: meanFromValues(arm(1).map(({ after }) => sum(after))),
    });
    expect(comparison.adjustment!.unadjusted!.pValue!).toBeCloseTo(plain.pValue!, 12);
    const kept = (expected.value.standardError / plain.absolute!.standardError!) ** 2;
    expect(kept).toBeLessThan(0.9);
    expect(comparison.adjustment!.varianceReduction!).toBeCloseTo(1 - kept, 9);
    expect(comparison.sequential).toMatchObject({ method: 'asymptotic-cs', plannedUnits: USERS });
    expect(comparison.power).toMatchObject({ targetEffect: 0.1, refusal: null });
  });

  it('take several covariates, and say when a unit has no history', async () => {
    const results = await read();
    const orders = metricOf(results, 'orders').comparisons[0]!.adjustment!;
    expect(orders.covariates.map(({ name }) => name)).toEqual(['orders', 'revenue']);
    const basket = metricOf(results, 'basket').comparisons[0]!.adjustment!;
    expect(basket.covariates.map(({ name }) => name)).toEqual(['basket', 'basket (no history)']);
  });

  it('cap at a percentile of all units, and the covariate with them', async () => {
    const { cap, variants } = metricOf(await read(), 'capped');
    const totals = users.map(({ after }) => sum(after));
    const expected = sampleQuantile(
      totals.filter((total) => total !== 0).sort((a, b) => a - b),
      0.9,
    );
    expect(cap!.value!).toBeCloseTo(expected, 9);
    expect(cap!.units).toBe(totals.filter((total) => total > expected).length);
    expect(variants[0]!.sum!).toBeCloseTo(sum(arm(0).map(({ after }) => Math.min(expected, sum(after)))), 6);
  });

  it('rank events with the units as clusters, and sums of units', async () => {
    const results = await read();
    const expected = compareArms({
      control: quantileFromClusters(
        arm(0)
          .map(({ after }) => after)
          .filter(({ length }) => length > 0),
        0.8,
      ),
      treatment: quantileFromClusters(
        arm(1)
          .map(({ after }) => after)
          .filter(({ length }) => length > 0),
        0.8,
      ),
    });
    const price = metricOf(results, 'price').comparisons[0]!;
    expect(price.test).toBe('quantile-t');
    expect(price.absolute!.estimate!).toBeCloseTo(expected.absolute!.estimate, 12);
    expect(price.pValue!).toBeCloseTo(expected.pValue!, 12);
    const bought = users.filter(({ after }) => after.length > 0).length;
    const { estimate, standardError } = expected.absolute!;
    const band = asymptoticConfidenceSequence(
      { estimate, standardError: standardError!, n: bought },
      { alpha: 0.05, tuningParameter: USERS },
    );
    if (!band.ok) throw new Error(band.refusal.message);
    // Units are what is randomised, however many events they have.
    expect(price.sequential).toMatchObject({ method: 'asymptotic-cs', units: bought, pValue: band.value.pValue });
    expect(price.sequential!.ci![0]!).toBeCloseTo(band.value.ci[0], 9);
    expect(price.sequential!.ci![0]!).toBeLessThan(price.absolute!.ci![0]!);
    const buyers = arm(0).filter(({ after }) => after.length > 0);
    const spent = metricOf(results, 'spent').variants[0]!;
    expect(spent.n).toBe(buyers.length);
    expect(spent.mean!).toBeCloseTo(
      sampleQuantile(
        buyers.map(({ after }) => sum(after)).sort((a, b) => a - b),
        0.5,
      ),
      9,
    );
  });

  it('count different values and the steps of a funnel', async () => {
    const results = await read();
    const kinds = arm(1).map(({ after }) => new Set(after).size);
    expect(metricOf(results, 'kinds').variants[1]).toMatchObject({ n: kinds.length, sum: sum(kinds) });
    const visited = arm(0).filter(({ visited: isVisit }) => isVisit);
    const bought = visited.filter(({ after }) => after.length > 0);
    expect(metricOf(results, 'funnel').variants[0]).toMatchObject({
      sum: bought.length,
      steps: [visited.length, bought.length],
    });
    expect(metricOf(results, 'funnel').kind).toBe('proportion');
  });

  it('leave no metric out, and answer the same numbers when asked again and for this moment', async () => {
    const first = await read();
    expect(first.metrics.map(({ refusal }) => refusal)).toEqual(first.metrics.map(() => null));
    expect(first.metrics.flatMap(({ comparisons }) => comparisons.map(({ refusal }) => refusal?.code))).toEqual(
      first.metrics.map(() => undefined),
    );
    const numbers = ({ metrics }: ExperimentResults): unknown => metrics;
    expect(numbers(await read())).toEqual(numbers(first));
    const asOf = await read({ asOf: new Date(Date.now() + HOUR).toISOString() });
    for (const { name, comparisons } of first.metrics) {
      const same = metricOf(asOf, name).comparisons[0]!;
      expect([name, same.pValue!.toPrecision(9)]).toEqual([name, comparisons[0]!.pValue!.toPrecision(9)]);
    }
  });

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
    const { em } = analysis;
    await em.nativeUpdate(
      Experiment,
      { id: experiment.id },
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
    const { em } = analysis;
    await em.nativeUpdate(
      Experiment,
      { id: experiment.id },
      { analysis: AnalysisPlan.parse({ cuped: true }), version: 3, updatedAt: new Date() },
    );
    const health = await analysis.app.get(HealthService).read(project.id, 'live', 'country');
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
  });

  it('give a series that ends with the results and whose running p never rises', async () => {
    const series = await analysis.app.get(SeriesService).read(project.id, 'live', 'revenue');
    const results = metricOf(await read(), 'revenue').comparisons[0]!;
    expect(series.points).toHaveLength(10);
    const last = series.points.at(-1)!.comparisons[0]!.cumulative!;
    expect(last.estimate!).toBeCloseTo(results.absolute!.estimate!, 9);
    expect(last.band![0]!).toBeLessThan(results.absolute!.ci![0]!);
    const running = series.points.flatMap(({ comparisons }) => comparisons[0]!.cumulative?.running?.pValue ?? []);
    expect([...running].sort((a, b) => b - a)).toEqual(running);
    expect(series.points.reduce((total, { variants }) => total + variants[0]!.n, 0)).toBe(arm(0).length);
    const capped = await analysis.app.get(SeriesService).read(project.id, 'live', 'capped');
    const cappedResult = metricOf(await read(), 'capped').comparisons[0]!;
    expect(capped.points.at(-1)!.comparisons[0]!.cumulative!.estimate!).toBeCloseTo(
      cappedResult.absolute!.estimate!,
      9,
    );
    const price = await analysis.app.get(SeriesService).read(project.id, 'live', 'price');
    expect(price).toMatchObject({ points: [], refusal: { code: 'NOT_ADDITIVE' } });
  });

  it('find two experiments that change each other’s effect', async () => {
    // The other experiment's treatment is what makes the first one's work: half of the users, whatever their arm.
    const other = await newExperiment('other', {});
    const seen = users.map((user, index): Made => ({ ...user, arm: index % 4 < 2 ? 0 : 1 }));
    await send(other, seen);
    const twisted: AcceptedEvent[] = users.flatMap((user, index) => {
      if (user.arm !== 1 || seen[index]!.arm !== 1) return [];
      const key = randomUUID();
      const at = user.exposedAt + 30 * HOUR;
      const rest = { experimentId: null, variantId: null, flagId: null, metadata: null };
      return [{ key, id: key, projectId: project.id, eventType: 'buy', userId: user.userId, at, value: 400, ...rest }];
    });
    await analysis.events(twisted);
    await analysis.settled();
    const scan = await analysis.app.get(InteractionsService).read(project.id, { alpha: 0.01, limit: 100 });
    expect(scan).toMatchObject({ pairs: 1, experiments: expect.arrayContaining(['live', 'other']) as unknown });
    const found = scan.interactions.find((test) => test.experiment === 'live' && test.metric === 'revenue')!;
    expect(found).toMatchObject({ with: 'other', units: USERS, degreesOfFreedom: 1, flagged: true });
    expect(found.interaction!.estimate!).toBeGreaterThan(300);
    expect(found.interaction!.estimate!).toBeLessThan(500);
    expect(scan.overlaps).toEqual([expect.objectContaining({ experiment: 'live', with: 'other', flagged: false })]);
    expect(scan.interactions.every((test) => test.adjustedPValue >= test.pValue)).toBe(true);
  });
});

/** Users whose purchases after the exposure go with those before it; a tenth of them buys nothing. */
function madeUsers(count: number): Made[] {
  const random = randomNumbers(20_261_122);
  return Array.from({ length: count }, (_, index): Made => {
    const spend = random() < 0.1 ? 0 : 20 + 200 * random();
    const arm = (index % 2) as 0 | 1;
    const purchases = (most: number): number[] =>
      spend === 0
        ? []
        : Array.from({ length: 1 + Math.floor(random() * most) }, () => Math.round(spend * (0.8 + 0.4 * random())));
    return {
      userId: `user-${index}`,
      arm,
      country: ['NO', 'NO', 'NO', 'SE', 'SE', 'DK'][Math.floor(index / 2) % 6] ?? 'NO',
      exposedAt: START + Math.floor(index / 60) * DAY + 3 * HOUR,
      before: random() < 0.2 ? [] : purchases(3),
      after: purchases(3).map((value) => value + 12 * arm),
      visited: random() < 0.7,
    };
  });
}
