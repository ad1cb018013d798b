import fc from 'fast-check';
import { chiSquareUniform } from '../../reference/chi-square.js';
import { checkSplit, compileSplit, rangesFromWeights, splitFromWeights } from '../index.js';
import type { EnrollStage, WeightedSplit } from '../index.js';

const two: WeightedSplit = {
  key: 'cta',
  unit: ['userId'],
  variants: [
    { key: 'a', weight: 1 },
    { key: 'b', weight: 1 },
  ],
};

/** Arm of each of `count` units; undefined for those not enrolled. */
function armsOf(experiment: WeightedSplit, count: number): (string | undefined)[] {
  const decide = compileSplit(splitFromWeights(experiment).split);
  return Array.from({ length: count }, (_, index) => {
    const outcome = decide({ userId: `user-${index}` });
    return outcome.enrolled ? outcome.exposure.arm : undefined;
  });
}

const weights = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 6 });

describe('weights', () => {
  it('become ranges that touch each other and end at 1', () => {
    fc.assert(
      fc.property(weights, (given) => {
        const flat = rangesFromWeights(given).flat();
        const total = given.reduce((sum, weight) => sum + weight, 0);
        expect(flat.length).toBe(given.filter((weight) => weight > 0 && total > 0).length);
        for (const [index, range] of flat.entries()) expect(range[0]).toBe(index === 0 ? 0 : flat[index - 1]?.[1]);
        if (total > 0) expect(flat.at(-1)?.[1]).toBe(1);
      }),
    );
  });

  it('of zero yield nothing, and one arm takes all', () => {
    expect(rangesFromWeights([0, 0])).toEqual([[], []]);
    expect(rangesFromWeights([3])).toEqual([[[0, 1]]]);
    expect(rangesFromWeights([33.333, 33.333, 33.334]).flat()).toHaveLength(3);
  });

  it('are kept by the units: 100,000 of them split as allocated', () => {
    const variants = [
      { key: 'a', weight: 10 },
      { key: 'b', weight: 30 },
      { key: 'c', weight: 60 },
    ];
    const arms = armsOf({ ...two, variants }, 100_000);
    const perWeight = variants.map(({ key, weight }) => arms.filter((arm) => arm === key).length / weight);
    // Scaled to counts of equal expectation; 9.21 is the upper 1 % point for two degrees of freedom.
    const scale = 100 / 3;
    expect(chiSquareUniform(perWeight.map((count) => count * scale))).toBeLessThan(9.21);
    expect(arms).not.toContain(undefined);
  });

  it('make a split that may be stored', () => {
    fc.assert(
      fc.property(weights, fc.double({ min: 0, max: 1, noNaN: true }), (given, coverage) => {
        const variants = given.map((weight, index) => ({ key: `v${index}`, weight }));
        expect(checkSplit(splitFromWeights({ ...two, variants, coverage }).split, { platformSalts: true })).toEqual([]);
      }),
    );
  });
});

describe('coverage', () => {
  it('grows without anybody leaving or changing arm', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (one, other) => {
          const before = armsOf({ ...two, coverage: Math.min(one, other) }, 500);
          const after = armsOf({ ...two, coverage: Math.max(one, other) }, 500);
          for (const [unit, arm] of before.entries()) if (arm !== undefined) expect(after[unit]).toBe(arm);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('enrols about its share, evenly from all arms', () => {
    const arms = armsOf({ ...two, coverage: 0.2 }, 100_000);
    for (const key of ['a', 'b']) {
      const count = arms.filter((arm) => arm === key).length;
      expect(Math.abs(count - 10_000)).toBeLessThan(400);
    }
    expect(armsOf({ ...two, coverage: 0 }, 1000).every((arm) => arm === undefined)).toBe(true);
  });

  it('changes nothing about the arms when weights change apart from it', () => {
    const before = armsOf({ ...two, coverage: 0.5 }, 2000);
    const after = armsOf(
      {
        ...two,
        coverage: 0.5,
        variants: [
          { key: 'a', weight: 1 },
          { key: 'b', weight: 3 },
        ],
      },
      2000,
    );
    expect(before.map((arm) => arm === undefined)).toEqual(after.map((arm) => arm === undefined));
  });
});

describe('admission', () => {
  const experiment: WeightedSplit = {
    ...two,
    coverage: 0.5,
    targeting: { attr: 'country', op: 'in', values: ['NO'] },
    holdouts: [{ salt: 'holdout:2026H2', in: [[0.1, 1]] }],
    layer: { salt: 'layer:checkout', in: [[0, 0.4]] },
  };

  it('is asked in order, and names what refused', () => {
    const { split, stages } = splitFromWeights(experiment);
    expect(stages).toEqual(['TARGETING', 'HOLDOUT', 'LAYER', 'COVERAGE']);
    const decide = compileSplit(split);
    const refusals = new Map<EnrollStage | 'ENROLLED', number>();
    for (let unit = 0; unit < 5000; unit++) {
      const outcome = decide({ userId: `u${unit}`, country: unit % 2 === 0 ? 'NO' : 'SE' });
      const stage = outcome.enrolled ? 'ENROLLED' : (stages[outcome.failedAt ?? -1] ?? 'ENROLLED');
      refusals.set(stage, (refusals.get(stage) ?? 0) + 1);
    }
    expect(refusals.get('TARGETING')).toBe(2500);
    // 2,500 of which 10 % are held out, 60 % of the rest are outside of the layer, half of the rest outside of coverage.
    const near = (count: number | undefined, expected: number): void =>
      expect(Math.abs((count ?? 0) - expected)).toBeLessThan(100);
    near(refusals.get('HOLDOUT'), 250);
    near(refusals.get('LAYER'), 1350);
    near(refusals.get('COVERAGE'), 450);
    near(refusals.get('ENROLLED'), 450);
  });

  it('to a layer never lets a unit into two of its experiments', () => {
    const layer = (from: number, to: number) => ({ salt: 'layer:checkout', in: [[from, to]] as [number, number][] });
    const first = armsOf({ ...two, key: 'one', layer: layer(0, 0.4) }, 5000);
    const second = armsOf({ ...two, key: 'two', layer: layer(0.4, 1) }, 5000);
    for (const [unit, arm] of first.entries()) expect(arm === undefined).not.toBe(second[unit] === undefined);
  });

  it('to everything is no condition at all', () => {
    expect(splitFromWeights({ ...two, targeting: null, layer: null })).toMatchObject({
      split: { enroll: { all: [] } },
      stages: [],
    });
  });
});
