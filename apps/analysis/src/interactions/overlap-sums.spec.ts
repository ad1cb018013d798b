import { experimentPlan } from '../plan/experiment-plan.js';
import { aDefinition } from '../testing/a-definition.js';
import { randomNumbers } from '../testing/random-numbers.js';
import { overlapSums } from './overlap-sums.js';
import type { ScannedExperiment } from './scanned-experiment.js';

const USERS = 400;
const VARIANTS = [2, 3, 2, 7, 2, 2, 12, 4, 2, 255, 2];

/** Each user is in most experiments; the first metric has a value for every unit, the second for some. */
function experiment(index: number, variants: number, random: () => number): ScannedExperiment {
  const plan = experimentPlan(aDefinition({ key: `e${index}`, metrics: [] }));
  const users = Array.from({ length: USERS }, (_, user) => user).filter(() => random() < 0.7);
  const values = users.map(() => 1e6 + random());
  return {
    plan,
    metrics: [],
    variants: Array.from({ length: variants }, (_, variant) => `${index}-${variant}`),
    users: Float64Array.from(users, (user) => user + 1e12),
    arms: Uint8Array.from(users, () => Math.floor(random() * variants)),
    values: [Float64Array.from(values), Float64Array.from(values, (value) => (random() < 0.4 ? NaN : value - 1e6))],
  };
}

describe('sums over the units that experiments share', () => {
  const random = randomNumbers(11);
  const experiments = VARIANTS.map((variants, index) => experiment(index, variants, random));
  const { arms, firstArm, experiments: sums } = overlapSums(experiments);
  const armOf = experiments.map((each) => new Map([...each.users].map((user, unit) => [user, each.arms[unit] ?? 0])));

  it.each(experiments.map((_, index) => index))('are those of unit by unit, for the experiment %i', (index) => {
    const { users, values, variants } = experiments[index]!;
    const means = values.map((column) => mean(column.filter((value) => !Number.isNaN(value))));
    const expected = { units: cells(variants.length), counts: [cells(variants.length), cells(variants.length)] };
    const totals = values.map(() => ({ sum: cells(variants.length), square: cells(variants.length) }));
    users.forEach((user, unit) => {
      armOf.forEach((other, place) => {
        const arm = other.get(user);
        if (arm === undefined) return;
        const cell = (armOf[index]?.get(user) ?? 0) * arms + (firstArm[place] ?? 0) + arm;
        expected.units[cell]! += 1;
        values.forEach((column, metric) => {
          const value = (column[unit] ?? NaN) - (means[metric] ?? NaN);
          if (Number.isNaN(value)) return;
          expected.counts[metric]![cell]! += 1;
          totals[metric]!.sum[cell]! += value;
          totals[metric]!.square[cell]! += value * value;
        });
      });
    });
    expect([...sums[index]!.units]).toEqual([...expected.units]);
    expect(sums[index]!.counts.map((each) => [...each])).toEqual(expected.counts.map((each) => [...each]));
    totals.forEach(({ sum, square }, metric) => {
      expect(largestDifference(sums[index]!.sums[metric]!, sum)).toBeLessThan(1e-8);
      expect(largestDifference(sums[index]!.squares[metric]!, square)).toBeLessThan(1e-8);
    });
  });

  const cells = (variants: number): Float64Array => new Float64Array(variants * arms);
});

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const largestDifference = (a: Float64Array, b: Float64Array): number =>
  Math.max(a.length - b.length, ...a.map((value, cell) => Math.abs(value - b[cell]!)));
