import { armEstimate, factorialWald, meanFromValues } from '@assay/stats';
import { experimentPlan } from '../plan/experiment-plan.js';
import { aDefinition } from '../testing/a-definition.js';
import { randomNumbers } from '../testing/random-numbers.js';
import { scanInteractions } from './interaction-tests.js';
import type { ScannedExperiment } from './scanned-experiment.js';

const UNITS = 600;

/** Units 0 … 599 by arm; every `skip`-th is not in the experiment. */
function scanned(
  key: string,
  arms: number,
  armOf: (user: number) => number,
  valueOf: (user: number) => number,
  skip = 0,
): ScannedExperiment {
  const plan = experimentPlan(aDefinition({ key, metrics: [{ name: `${key}-metric`, aggregationMethod: 'sum' }] }));
  const users = Array.from({ length: UNITS }, (_, user) => user).filter((user) => skip === 0 || user % skip !== 0);
  return {
    plan,
    metrics: plan.metrics,
    variants: Array.from({ length: arms }, (_, arm) => `${key}-${arm}`),
    users: Float64Array.from(users, (user) => user + 1e12),
    arms: Uint8Array.from(users, armOf),
    values: [Float64Array.from(users, valueOf)],
  };
}

describe('a scan for interactions', () => {
  const random = randomNumbers(7);
  const noise = Float64Array.from({ length: UNITS }, () => random() * 10 + 3e9);
  const halves = (user: number): number => user % 2;
  const thirds = (user: number): number => Math.floor(user / 2) % 3;
  const value = (user: number): number => (noise[user] ?? 0) + (halves(user) === 1 && thirds(user) === 2 ? 6 : 0);

  it.each([
    ['two by two', 2, (user: number) => thirds(user) % 2],
    ['two by three', 3, thirds],
  ])('tests %s cells as the factorial methods do, on the units that are in both', (_what, arms, armOf) => {
    const x = scanned('x', 2, halves, value);
    const y = scanned('y', arms, armOf, () => 1, 5);
    const { interactions, overlaps, pairs } = scanInteractions([x, y]);
    const cells = [0, 1].map((own) =>
      Array.from({ length: arms }, (_, other) =>
        armEstimate(
          meanFromValues(
            Array.from({ length: UNITS }, (_each, user) => user)
              .filter((user) => user % 5 !== 0 && halves(user) === own && armOf(user) === other)
              .map(value),
          ),
        ),
      ),
    );
    const expected = factorialWald(cells);
    if (!expected.ok) throw new Error(expected.refusal.message);
    const { statistic, degreesOfFreedom, pValue } = expected.value.interaction;
    expect(pairs).toBe(1);
    // The other experiment's metric never varies: nothing is tested there.
    expect(interactions.map(({ experiment, metric }) => [experiment, metric])).toEqual([['x', 'x-metric']]);
    const [found] = interactions;
    expect(found).toMatchObject({ with: 'y', units: UNITS * 0.8, degreesOfFreedom });
    expect(found!.statistic / statistic).toBeCloseTo(1, 5);
    expect(found!.pValue).toBeLessThan(0.001);
    expect(Math.log(found!.pValue) / Math.log(pValue)).toBeCloseTo(1, 5);
    expect(found!.interaction === null).toBe(arms !== 2);
    expect(overlaps).toEqual([expect.objectContaining({ experiment: 'x', with: 'y', units: UNITS * 0.8 })]);
  });

  it('compares the variants that have units when others have none, or no more traffic', () => {
    const third = (user: number): number => (user < 3 ? 2 : thirds(user) % 2);
    const two = scanInteractions([
      scanned('x', 2, halves, value),
      scanned(
        'y',
        2,
        (user) => thirds(user) % 2,
        () => 1,
      ),
    ]);
    const empty = scanned(
      'y',
      3,
      (user) => thirds(user) % 2,
      () => 1,
    );
    expect(scanInteractions([scanned('x', 2, halves, value), empty])).toEqual(two);
    // A third arm that took three units before it was switched off.
    const few = scanned('y', 3, third, () => 1);
    expect(scanInteractions([scanned('x', 2, halves, value), few]).interactions).toEqual([]);
    const { definition } = few.plan;
    const [control, treatment] = definition.variants as [
      (typeof definition.variants)[0],
      (typeof definition.variants)[0],
    ];
    const variants = [control, treatment, { ...treatment, trafficAllocation: 0 }].map((variant, index) => ({
      ...variant,
      id: `y-${index}`,
    }));
    const off = { ...few, plan: { ...few.plan, definition: { ...definition, variants } } };
    const { interactions, overlaps } = scanInteractions([scanned('x', 2, halves, value), off]);
    expect(interactions).toEqual([expect.objectContaining({ experiment: 'x', with: 'y', degreesOfFreedom: 1 })]);
    expect(interactions[0]!.interaction).not.toBeNull();
    expect(overlaps[0]).toMatchObject({ units: UNITS, degreesOfFreedom: 2 });
  });

  it('says nothing of experiments that share no unit, or too few', () => {
    const x = scanned('x', 2, halves, value);
    const elsewhere = { ...scanned('y', 2, halves, value), users: x.users.map((user) => user + 1e6) };
    expect(scanInteractions([x, elsewhere])).toMatchObject({ pairs: 0, interactions: [], overlaps: [] });
    const few = scanned('z', 2, (user) => Number(user > 20), value);
    expect(scanInteractions([x, few])).toMatchObject({ pairs: 1, interactions: [] });
  });
});
