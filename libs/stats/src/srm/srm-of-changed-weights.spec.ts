import fc from 'fast-check';
import { codeOf, expectAgree, valueOf } from '../testing/outcomes.js';
import { sequentialSrm, sequentialSrmOfChangedWeights } from './sequential-srm.js';
import { srmOfChangedWeights } from './srm-of-changed-weights.js';
import { srmOverPeriods, type SrmPeriod } from './srm-over-periods.js';
import { srmTest } from './srm-test.js';

interface Outcome {
  readonly counts: readonly number[];
  readonly probability: number;
}

/** Every split of `n` units over the arms, with its multinomial probability. */
function splits(n: number, shares: readonly number[]): Outcome[] {
  let found: Outcome[] = [{ counts: shares.map(() => 0), probability: 1 }];
  for (let unit = 0; unit < n; unit += 1) {
    const next = new Map<string, Outcome>();
    for (const { counts, probability } of found) {
      shares.forEach((share, arm) => {
        const more = counts.map((count, index) => count + (index === arm ? 1 : 0));
        const held = next.get(more.join());
        next.set(more.join(), { counts: more, probability: (held?.probability ?? 0) + probability * share });
      });
    }
    found = [...next.values()];
  }
  return found.filter(({ probability }) => probability > 0);
}

/** The mean of a statistic over everything that can happen under the promised shares. */
function meanOver(
  designs: readonly (readonly [n: number, shares: readonly number[]])[],
  of: (periods: SrmPeriod[]) => number,
) {
  const go = (left: typeof designs, periods: SrmPeriod[], probability: number): number => {
    const [design, ...rest] = left;
    if (design === undefined) return probability * of(periods);
    return splits(design[0], design[1]).reduce(
      (sum, outcome) =>
        sum +
        go(rest, [...periods, { observed: outcome.counts, weights: design[1] }], probability * outcome.probability),
      0,
    );
  };
  return go(designs, [], 1);
}

describe('sample ratio mismatch under changed weights', () => {
  it('has the mean of its chi-square distribution, summed over every outcome there is', () => {
    const mean = (designs: Parameters<typeof meanOver>[0]): number =>
      meanOver(designs, (periods) => valueOf(srmOfChangedWeights(periods)).statistic);
    expect(
      mean([
        [5, [0.5, 0.5]],
        [6, [0.9, 0.1]],
      ]),
    ).toBeCloseTo(1, 12);
    expect(
      mean([
        [4, [0.2, 0.3, 0.5]],
        [3, [0.6, 0.3, 0.1]],
      ]),
    ).toBeCloseTo(2, 12);
    // An arm that came later; two arms that were replaced by two others; everything to one arm for a while.
    expect(
      mean([
        [4, [0.5, 0.5, 0]],
        [3, [0.3, 0.3, 0.4]],
      ]),
    ).toBeCloseTo(2, 12);
    expect(
      mean([
        [4, [0.5, 0.5, 0, 0]],
        [3, [0, 0, 0.2, 0.8]],
      ]),
    ).toBeCloseTo(2, 12);
    expect(
      mean([
        [4, [0.5, 0.5]],
        [3, [1, 0]],
        [3, [0.3, 0.7]],
      ]),
    ).toBeCloseTo(1, 12);
  });

  it('is the squared z of the treatment’s count for two arms', () => {
    const periods = [
      { observed: [5_030, 4_970], weights: [50, 50] },
      { observed: [9_050, 950], weights: [90, 10] },
    ];
    const variance = 10_000 * 0.25 + 10_000 * 0.09;
    const { statistic, degreesOfFreedom, expected, verdict } = valueOf(srmOfChangedWeights(periods));
    expectAgree(statistic, (4_970 + 950 - 5_000 - 1_000) ** 2 / variance, 1e-12);
    expect([degreesOfFreedom, expected, verdict]).toEqual([1, [14_000, 6_000], 'ok']);
  });

  it('is the ordinary test, to the bit, when the weights say the same all the time', () => {
    const count = fc.nat(100_000);
    fc.assert(
      fc.property(fc.array(fc.tuple(count, count, count), { minLength: 1, maxLength: 5 }), (rows) => {
        const weights = [100 / 3, 100 / 3, 100 / 3];
        const total = [0, 1, 2].map((arm) => rows.reduce((sum, row) => sum + row[arm as 0 | 1 | 2], 0));
        const periods = rows.map((observed) => ({ observed, weights }));
        expect(srmOfChangedWeights(periods)).toEqual(srmTest(total, weights));
        expect(srmOfChangedWeights([...periods, { observed: [0, 0, 0], weights: [1, 2, 3] }])).toEqual(
          srmTest(total, weights),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('does not depend on how arms and periods are ordered', () => {
    const period = fc.record({
      observed: fc.tuple(fc.nat(5_000), fc.nat(5_000), fc.nat(5_000)),
      weights: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
    });
    fc.assert(
      fc.property(fc.array(period, { minLength: 2, maxLength: 4 }), (periods) => {
        const mirrored = periods
          .map(({ observed, weights }) => ({ observed: [...observed].reverse(), weights: [...weights].reverse() }))
          .reverse();
        const [there, back] = [srmOfChangedWeights(periods), srmOfChangedWeights(mirrored)].map(valueOf);
        expectAgree(there!.statistic, back!.statistic, 1e-9, Math.max(1, there!.statistic));
      }),
      { numRuns: 100 },
    );
  });

  it('sees a loss that the summed counts hide, and no less than they do', () => {
    const periods = [
      { observed: [950, 50], weights: [95, 5] },
      { observed: [88, 912], weights: [5, 95] },
    ];
    const [exact, summed] = [valueOf(srmOfChangedWeights(periods)), valueOf(srmOverPeriods(periods))];
    expect([exact.verdict, summed.verdict]).toEqual(['mismatch', 'ok']);
    expect(exact.statistic).toBeGreaterThan(summed.statistic);
  });

  it('is insufficient without units, and refuses what is no split', () => {
    const nothing = { observed: [0, 0], weights: [1, 1] };
    expect(valueOf(srmOfChangedWeights([nothing, { ...nothing, weights: [9, 1] }])).verdict).toBe('insufficient');
    expect(codeOf(srmOfChangedWeights([{ observed: [5, 0], weights: [1, 0] }]))).toBe('ZERO_WEIGHT');
    expect(codeOf(srmOfChangedWeights([]))).toBe('ZERO_WEIGHT');
    expect(codeOf(srmOfChangedWeights([nothing, { observed: [1, NaN], weights: [1, 1] }]))).toBe('INVALID_INPUT');
    expect(codeOf(srmOfChangedWeights([nothing, { observed: [1], weights: [1, 1] }]))).toBe('INVALID_INPUT');
  });
});

describe('the sequential test under changed weights', () => {
  it('is a martingale: under the promise the Bayes factor is 1 on average, over every outcome there is', () => {
    const factor = (periods: SrmPeriod[]): number =>
      Math.exp(valueOf(sequentialSrmOfChangedWeights([periods], 2))[0]!.logBayesFactor);
    expect(
      meanOver(
        [
          [5, [0.5, 0.5]],
          [6, [0.9, 0.1]],
        ],
        factor,
      ),
    ).toBeCloseTo(1, 10);
    expect(
      meanOver(
        [
          [4, [0.2, 0.3, 0.5]],
          [3, [1, 0, 0]],
          [3, [0.6, 0.3, 0.1]],
        ],
        factor,
      ),
    ).toBeCloseTo(1, 10);
  });

  it('takes units of both splits as they come, and is the ordinary one when nothing changed', () => {
    const counts = [
      [400, 410],
      [820, 800],
    ];
    const plain = valueOf(sequentialSrm(counts, [50, 50]));
    const parted = counts.map(([a = 0, b = 0]) => [
      { observed: [a - 100, b], weights: [1, 1] },
      { observed: [100, 0], weights: [50, 50] },
    ]);
    expect(valueOf(sequentialSrmOfChangedWeights(parted))).toEqual(plain);
    const amended = [
      [{ observed: [2_000, 2_010], weights: [50, 50] }],
      [
        { observed: [2_000, 2_010], weights: [50, 50] },
        { observed: [9_020, 980], weights: [90, 10] },
      ],
    ];
    const looks = valueOf(sequentialSrmOfChangedWeights(amended));
    expect(looks.map(({ pValue }) => pValue)).toEqual([1, 1]);
    expect(valueOf(sequentialSrm([[11_020, 2_990]], [90, 10]))[0]!.pValue).toBeLessThan(1e-100);
  });
});
