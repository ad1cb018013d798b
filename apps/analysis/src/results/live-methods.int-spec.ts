import type { ExperimentResults } from '@assay/contracts';
import {
  asymptoticConfidenceSequence,
  compareArms,
  cupedEffect,
  covariateFromValues,
  meanFromValues,
  quantileFromClusters,
  sampleQuantile,
} from '@assay/stats';
import { HOUR, LiveExperiment, metricOf, sum, USERS, type Made } from '../testing/live-experiment.js';

describe('the methods of the statistics on live data, by kind of metric,', () => {
  let live: LiveExperiment;
  let users: readonly Made[];

  beforeAll(async () => {
    live = await LiveExperiment.start();
    ({ users } = live);
  });
  afterAll(() => live.analysis.stop());

  const read = (query: Record<string, string> = {}): Promise<ExperimentResults> => live.read(query);
  const arm = (index: number): Made[] => live.arm(index);

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
});
