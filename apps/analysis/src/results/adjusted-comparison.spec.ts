import { AnalysisPlan, type Metric } from '@assay/contracts';
import { momentsFromValues } from '@assay/stats';
import { experimentPlan } from '../plan/experiment-plan.js';
import { aDefinition } from '../testing/a-definition.js';
import { randomNumbers } from '../testing/random-numbers.js';
import { adjustedComparison, type ArmPair } from './adjusted-comparison.js';
import { armOfMoments } from './metric-arm.js';

const UNITS = 400;

function planOf(fields: Partial<Metric>, others: readonly (Partial<Metric> & { name: string })[] = []) {
  const metrics = [{ name: 'm', aggregationMethod: 'sum' as const, ...fields }, ...others];
  return experimentPlan(aDefinition({ metrics, analysis: AnalysisPlan.parse({ cuped: true }) })).metrics[0]!;
}

type Plan = ReturnType<typeof planOf>;

/** Two arms of units, from their columns: outcome, then covariates. */
function pairOf(plan: Plan, seed: number, columnsOf: (random: () => number) => number[][]): ArmPair {
  const random = randomNumbers(seed);
  const arm = () => armOfMoments(plan, momentsFromValues(columnsOf(random)));
  return { control: arm(), treatment: arm() };
}

const column = (of: (unit: number) => number): number[] => Array.from({ length: UNITS }, (_, unit) => of(unit));

describe('an adjustment', () => {
  const ratio = planOf({ aggregationMethod: 'ratio', denominatorEventName: 'visit' });
  const ratios = (random: () => number): number[][] => {
    const before = column(() => 1 + 4 * random());
    const visits = column(() => 1 + Math.floor(3 * random()));
    return [before.map((value, unit) => (value + random()) * visits[unit]!), visits, before, column(() => 1)];
  };

  it('regresses a ratio on the past of its units, within strata as well', () => {
    const pair = pairOf(ratio, 1, ratios);
    const alone = adjustedComparison(ratio, pair, null, null, {});
    expect(alone.adjustment).toMatchObject({ methods: ['cuped'], covariates: [{ name: 'm' }], refusal: null });
    const strata = [pairOf(ratio, 2, ratios), pairOf(ratio, 3, ratios)];
    const { comparison, adjustment } = adjustedComparison(ratio, pair, strata, 'country', {});
    expect(comparison.test).toBe('post-stratified-t');
    expect(adjustment).toMatchObject({
      methods: ['cuped', 'post-stratification'],
      covariates: [{ name: 'm' }],
      stratifiedBy: 'country',
      refusal: null,
    });
  });

  it('says when covariates follow from each other, and is made by the metric’s own past', () => {
    const plan = planOf({ covariates: ['other'] }, [{ name: 'other', aggregationMethod: 'sum' }]);
    const twice = (random: () => number): number[][] => {
      const before = column(() => random());
      return [before.map((value) => value + random()), before, before.map((value) => 2 * value)];
    };
    const pair = pairOf(plan, 4, twice);
    const { adjustment } = adjustedComparison(plan, pair, null, null, {});
    expect(adjustment).toMatchObject({ methods: ['cuped'], refusal: { code: 'COLLINEAR_COVARIATES' } });
    expect(adjustment!.covariates.map(({ name }) => name)).toEqual(['m']);
    expect(adjustment!.varianceReduction!).toBeGreaterThan(0.2);
    const strata = [pairOf(plan, 5, twice), pairOf(plan, 6, twice)];
    const stratified = adjustedComparison(plan, pair, strata, 'country', {}).adjustment;
    expect(stratified).toMatchObject({
      methods: ['cuped', 'post-stratification'],
      refusal: { code: 'COLLINEAR_COVARIATES' },
    });
  });
});
