import { AnalysisPlan } from '@assay/contracts';
import { unchangedSplit } from '../data/split.js';
import { experimentPlan } from '../plan/experiment-plan.js';
import { aDefinition } from '../testing/a-definition.js';
import { dataOf } from '../testing/data-of.js';
import { experimentResults } from './experiment-results.js';

type Cells = readonly [variant: 0 | 1, players: number, cells: readonly number[]];

/** Results of units given as (variant, how many, their cells); conflicted units by variant. */
function resultsOf(definition: ReturnType<typeof aDefinition>, units: readonly Cells[], conflicted = 0) {
  const plan = experimentPlan(definition);
  const given = units.map(([variant, players, cells]) => ({ variant, players, cells }));
  const several = { variant: 0, players: conflicted, cells: plan.metrics.map(() => 0), conflicted: true };
  return experimentResults({
    plan,
    data: dataOf(plan, [...given, several]),
    split: unchangedSplit(definition),
    strata: null,
    looks: [],
    dimension: null,
    computedAt: new Date('2026-11-22T12:00:00Z'),
    ratedAt: new Date('2026-11-22T12:00:00Z'),
    metric: undefined,
  });
}

/** Published counts of the Cookie Cats test: retained on day 1, on day 7. */
const COOKIE_CATS: readonly Cells[] = [
  [0, 22_840, [0, 0]],
  [0, 13_358, [1, 0]],
  [0, 1_826, [0, 1]],
  [0, 6_676, [1, 1]],
  [1, 23_597, [0, 0]],
  [1, 13_613, [1, 0]],
  [1, 1_773, [0, 1]],
  [1, 6_506, [1, 1]],
];
const cookie = aDefinition({ key: 'cookie', metrics: [{ name: 'retention_7' }, { name: 'retention_1' }] });
const cookieUnits = COOKIE_CATS.map(([variant, players, [day1 = 0, day7 = 0]]): Cells => [
  variant,
  players,
  [day7, day1],
]);

describe('results', () => {
  it('of Cookie Cats are those of the interface description', () => {
    const results = resultsOf(cookie, cookieUnits);
    expect(results.units).toEqual({ control: 44_700, treatment: 45_489 });
    expect(results.srm.statistic).toBeCloseTo(6.9024049496, 9);
    expect(results.srm.pValue).toBeCloseTo(0.00860798781, 11);
    expect(results.srm.verdict).toBe('warning');
    const [day7, day1] = results.metrics;
    expect(day7!.variants[0]).toMatchObject({ n: 44_700, sum: 8_502 });
    expect(day7!.variants[0]!.standardDeviation).toBeCloseTo(Math.sqrt((8_502 / 44_700) * (36_198 / 44_700)), 12);
    const comparison = day7!.comparisons[0]!;
    expect(comparison.test).toBe('two-proportion-z');
    expect(comparison.statistic).toBeCloseTo(-3.164358912, 8);
    expect(comparison.pValue).toBeCloseTo(0.00155425, 8);
    expect(comparison.absolute!.ci![0]).toBeCloseTo(-0.013282, 6);
    expect(comparison.bayesian!.chanceToWin).toBeLessThan(0.001);
    expect(comparison.significant).toBe(true);
    expect(day1!.comparisons[0]!.pValue).toBeCloseTo(0.0744096553, 9);
  });

  it('tell a product manager which variant to keep, with the numbers', () => {
    const { verdict } = resultsOf(cookie, cookieUnits);
    expect(verdict).toMatchObject({ decision: 'control-better', winner: 'control' });
    expect(verdict.reasons[0]).toBe(
      'treatment is worse than control on retention_7: −0.82 percentage points (−4.31 % relative), p = 0.00155.',
    );
    expect(verdict.reasons.join(' ')).toContain('sample ratio p = 0.00861');
  });

  it('turn around when lower is better', () => {
    const definition = aDefinition({ metrics: [{ name: 'churned', lowerIsBetter: true }] });
    const units: Cells[] = [
      [0, 900, [0]],
      [0, 100, [1]],
      [1, 970, [0]],
      [1, 30, [1]],
    ];
    const results = resultsOf(definition, units);
    expect(results.verdict).toMatchObject({ decision: 'treatment-better', winner: 'treatment' });
    expect(results.metrics[0]!.comparisons[0]!.bayesian!.chanceToWin).toBeGreaterThan(0.99);
  });

  it('are invalid when the split is not the planned one', () => {
    const { verdict } = resultsOf(aDefinition({ metrics: [{ name: 'm' }] }), [
      [0, 1_000, [0]],
      [1, 1_300, [1]],
    ]);
    expect(verdict.decision).toBe('invalid');
    expect(verdict.reasons[0]).toContain('sample ratio mismatch');
  });

  it('say what cannot be computed instead of 0', () => {
    const results = resultsOf(aDefinition({ metrics: [{ name: 'm' }] }), [
      [0, 50, [0]],
      [1, 50, [0]],
    ]);
    const comparison = results.metrics[0]!.comparisons[0]!;
    expect(comparison.pValue).toBeNull();
    expect(comparison.refusal?.code).toBe('ZERO_VARIANCE');
    expect(resultsOf(aDefinition({ metrics: [{ name: 'm' }] }), []).verdict.decision).toBe('no-data');
  });

  it('keep the digits of values far from zero', () => {
    const definition = aDefinition({ metrics: [{ name: 'm', aggregationMethod: 'sum' }] });
    const offset = 3e9;
    const units: Cells[] = [0, 1, 2, 3].flatMap((step): Cells[] => [
      [0, 100, [offset + step]],
      [1, 100, [offset + step + 1]],
    ]);
    const { variants, comparisons } = resultsOf(definition, units).metrics[0]!;
    expect(variants[0]!.standardDeviation).toBeCloseTo(Math.sqrt((400 * 1.25) / 399), 12);
    expect(comparisons[0]!.absolute!.estimate).toBeCloseTo(1, 6);
  });

  it('correct over the goal metrics only', () => {
    const metrics = [{ name: 'a' }, { name: 'b' }, { name: 'c', role: 'guardrail' as const }];
    const definition = aDefinition({ metrics, analysis: AnalysisPlan.parse({ correction: 'bonferroni' }) });
    const results = resultsOf(definition, [
      [0, 500, [0, 0, 0]],
      [0, 500, [1, 1, 1]],
      [1, 450, [0, 0, 0]],
      [1, 550, [1, 1, 1]],
    ]);
    const [a, , c] = results.metrics.map(({ comparisons }) => comparisons[0]!);
    expect(a!.adjustedPValue).toBeCloseTo(2 * a!.pValue!, 12);
    expect(c!.adjustedPValue).toBe(c!.pValue);
  });

  it('count units of several variants and leave them out', () => {
    const results = resultsOf(
      aDefinition({ metrics: [{ name: 'm' }] }),
      [
        [0, 100, [0]],
        [1, 100, [1]],
      ],
      7,
    );
    expect(results.multipleExposures).toBe(7);
    expect(results.units).toEqual({ control: 100, treatment: 100 });
    expect(results.verdict.reasons.join(' ')).toContain('7 units (3.4 %)');
  });
});
