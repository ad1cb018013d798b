import { quantileFromClusters, quantileFromValues } from '@assay/stats';
import type { UnitGroup } from '../data/unit-table.js';
import { experimentPlan } from '../plan/experiment-plan.js';
import { aDefinition } from '../testing/a-definition.js';
import { randomNumbers } from '../testing/random-numbers.js';
import { quantileDays } from './quantile-days.js';

const DAYS = 5;

/** Values of units by day of exposure; some units have none. */
function madeDays(): number[][][] {
  const random = randomNumbers(3);
  return Array.from({ length: DAYS }, () =>
    Array.from({ length: 60 }, () =>
      Array.from({ length: Math.floor(4 * random()) }, () => Math.floor(50 * random())).sort((a, b) => a - b),
    ),
  );
}

/** In two shards, and the days in another order than theirs. */
function groupsOf(days: readonly (readonly number[][])[], variantId: string): UnitGroup[] {
  return days
    .flatMap((units, day) => [0, 1].map((shard) => ({ day, units: units.filter((_, unit) => unit % 2 === shard) })))
    .reverse()
    .map(({ day, units }) => ({
      variantId,
      group: String(day),
      count: units.length,
      users: new Float64Array(0),
      codes: [],
      quantities: () => [
        Float64Array.from(units, (values) =>
          values.length === 0 ? NaN : values.reduce((sum, value) => sum + value, 0),
        ),
      ],
      list: () => ({
        values: Float64Array.from(units.flat()),
        sizes: Float64Array.from(units, ({ length }) => length),
      }),
    }));
}

describe.each(['event', 'unit'] as const)('the days of a quantile by %s', (quantileBy) => {
  const metric = { name: 'm', aggregationMethod: 'quantile' as const, quantile: 0.8, quantileBy };
  const plan = experimentPlan(aDefinition({ metrics: [metric] }));
  const variantId = plan.definition.variants[0]!.id;
  const days = madeDays();
  const expected = (units: readonly number[][]) => {
    const filled = units.filter(({ length }) => length > 0);
    if (quantileBy === 'event') return quantileFromClusters(filled, 0.8);
    return quantileFromValues(
      Float64Array.from(filled, (values) => values.reduce((sum, value) => sum + value, 0)),
      0.8,
    );
  };

  it('are the quantiles of each day’s units, and of all so far, as from their values', async () => {
    const series = await quantileDays(plan.metrics[0]!, groupsOf(days, variantId));
    expect(series.map(({ day }) => day)).toEqual([0, 1, 2, 3, 4]);
    series.forEach(({ day, today, soFar }) => {
      expect(today.get(variantId)!.plain).toEqual(expected(days[day]!));
      expect(soFar.get(variantId)!.plain).toEqual(expected(days.slice(0, day + 1).flat()));
    });
  });
});
