import { AnalysisPlan } from '@assay/contracts';
import { compareArms, groupSequentialBounds, msprt, quantileFromValues } from '@assay/stats';
import { unchangedSplit } from '../data/split.js';
import { dueLooks } from '../looks/due-looks.js';
import { experimentPlan } from '../plan/experiment-plan.js';
import { aDefinition } from '../testing/a-definition.js';
import { dataOf } from '../testing/data-of.js';
import { experimentResults, metricResults } from './experiment-results.js';

type PlanFields = Parameters<typeof AnalysisPlan.parse>[0];

const NU = 0.75;
const computedAt = new Date('1970-01-11T00:00:00Z');

/** Waiting times, no two alike, evenly spread around `scale` seconds. */
const waits = (count: number, scale: number): number[] =>
  Array.from({ length: count }, (_, index) => scale * (0.5 + ((index * 379) % count) / count));

/** The one comparison of a quantile by unit, of so many units in each arm. */
function comparisonOf(analysis: PlanFields, arms: readonly (readonly number[])[]) {
  const metrics = [{ name: 'wait', aggregationMethod: 'quantile', quantile: NU, quantileBy: 'unit' } as const];
  const definition = aDefinition({ metrics, analysis: AnalysisPlan.parse(analysis) });
  const plan = experimentPlan(definition);
  const units = arms.flatMap((values, variant) =>
    values.map((value) => ({ variant, players: 1, cells: [value, 1], exposedAt: 0 })),
  );
  const given = { plan, data: dataOf(plan, units), strata: null, computedAt, ratedAt: computedAt };
  const looks = dueLooks(definition, metricResults({ ...given, looks: [] }), [], computedAt);
  const split = unchangedSplit(definition);
  return experimentResults({ ...given, split, looks, dimension: null, metric: undefined }).metrics[0]!.comparisons[0]!;
}

/** The same by the library alone. */
const quantileOf = (values: readonly number[]) => quantileFromValues(Float64Array.from(values), NU);

describe('a quantile that is looked at more than once', () => {
  const arms = [waits(2_100, 1), waits(2_100, 1.05)] as const;
  const fixed = compareArms({ control: quantileOf(arms[0]), treatment: quantileOf(arms[1]) });

  it('is tested by a mixture over relative changes of the quantile', () => {
    const { sequential, statistic } = comparisonOf({ sequential: 'msprt', mixtureScale: 0.05 }, arms);
    const expected = msprt(fixed.relative!.estimate, fixed.relative!.standardError! ** 2, {
      alpha: 0.05,
      tau2: 0.05 ** 2,
    });
    if (!expected.ok) throw new Error(expected.refusal.message);
    expect(statistic).toBeCloseTo(fixed.statistic!, 12);
    expect(sequential).toMatchObject({ method: 'msprt', units: 4_200, mixtureScale: 0.05 });
    expect(sequential!.pValue!).toBeCloseTo(expected.value.pValue, 12);
    expect(sequential!.relativeCi![0]!).toBeCloseTo(expected.value.ci[0], 12);
    // In the quantile's own unit: times the quantile of the control.
    const baseline = quantileOf(arms[0]).quantile;
    expect(sequential!.ci![1]!).toBeCloseTo(expected.value.ci[1] * baseline, 9);
    // Looking often has its price.
    expect(sequential!.pValue!).toBeGreaterThan(fixed.pValue!);
  });

  it('is refused a mixture test before every arm has a hundred units', () => {
    const few = comparisonOf({ sequential: 'msprt' }, [waits(2_000, 1), waits(99, 1.3)]);
    expect(few).toMatchObject({ sequential: null, sequentialRefusal: { code: 'NOT_ENOUGH_TRAFFIC' } });
  });

  it.each(['obrien-fleming', 'pocock'] as const)('is looked at by the boundaries of %s, by units', (kind) => {
    const { sequential } = comparisonOf({ sequential: kind, plannedUnits: 10_000, looks: 5 }, arms);
    const bounds = groupSequentialBounds({ informationFractions: [0.42], alphaOneSided: 0.025, boundary: { kind } });
    if (!bounds.ok) throw new Error(bounds.refusal.message);
    const [critical = NaN] = bounds.value.criticalValues;
    expect(sequential!.criticalValue!).toBeCloseTo(critical, 9);
    const [look] = sequential!.recordedLooks;
    expect(look).toMatchObject({ look: 2, units: 4_200, crossed: Math.abs(fixed.statistic!) >= critical });
    expect(look!.statistic).toBeCloseTo(fixed.statistic!, 12);
    const { estimate, standardError } = fixed.absolute!;
    expect(look!.absolute.ci![0]!).toBeCloseTo(estimate - critical * standardError!, 9);
    expect(sequential!.significant).toBe(look!.crossed);
  });
});
