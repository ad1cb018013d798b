import fc from 'fast-check';
import { putRanks } from './put-ranks.js';
import { quantileFromSorted, quantileFromValues } from './quantile-summary.js';
import { sampleQuantile } from './sample-quantile.js';

const LEVELS = [0, 0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 1];
/** Few different values, many, and in an order of some sort. */
const samples = fc
  .record({
    size: fc.integer({ min: 1, max: 3_000 }),
    different: fc.constantFrom(1, 2, 10, 1_000, 1e9),
    seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    order: fc.constantFrom('none', 'rising', 'falling', 'saw'),
  })
  .map(({ size, different, seed, order }) => {
    let state = seed;
    const values = Float64Array.from({ length: size }, () => {
      state = (state * 48_271) % 2_147_483_647;
      return (state % different) / 8 - 3;
    });
    if (order === 'rising' || order === 'falling') values.sort();
    if (order === 'falling') values.reverse();
    return order === 'saw' ? values.map((_, index) => index % 700) : values;
  });

describe('putRanks', () => {
  it('leaves the same quantiles as a sort, and the same values', () => {
    fc.assert(
      fc.property(samples, fc.subarray(LEVELS, { minLength: 1 }), (values, levels) => {
        const sorted = values.slice().sort();
        const ranked = values.slice();
        putRanks(ranked, levels);
        const quantiles = (of: Float64Array) => levels.map((level) => sampleQuantile(of, level));
        expect(quantiles(ranked)).toEqual(quantiles(sorted));
        expect(ranked.slice().sort()).toEqual(sorted);
      }),
      { numRuns: 100 },
    );
  });

  it('gives summaries the interval of the sorted sample', () => {
    fc.assert(
      fc.property(samples, fc.constantFrom(0.5, 0.9, 0.99), (values, nu) => {
        const before = values.slice();
        expect(quantileFromValues(values, nu)).toEqual(quantileFromSorted(values.slice().sort(), nu));
        expect(values).toEqual(before);
      }),
      { numRuns: 60 },
    );
  });

  it('takes no values, and one', () => {
    const none = new Float64Array(0);
    putRanks(none, [0.5]);
    const one = Float64Array.of(7);
    putRanks(one, [0, 0.5, 1]);
    expect([none.length, one[0]]).toEqual([0, 7]);
  });
});
