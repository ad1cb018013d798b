import {
  momentsFromValues,
  quantileFromClusters,
  quantileFromValues,
  sampleQuantile,
  winsorLimits,
  type Moments,
} from '@assay/stats';
import fc from 'fast-check';
import { addRuns, addSets } from './add-runs.js';
import { CappedMoments } from './capped-moments.js';
import { PooledValues } from './order-statistics.js';
import { decodeRanks, encodeRanks } from './rank-body.js';
import { negated, rankKey, readRankKey, startOf, unitsOf, type RankRun } from './rank-run.js';
import { eventQuantile, unitQuantile } from './run-quantiles.js';
import { sortedRun } from './sorted-run.js';

type Tuple = readonly number[];

const VARIANT = '0190b6a2-0000-7000-8000-00000000001a';

/** Few different values, so that ties are common; and some with a large offset, or of very different size. */
const number = fc.oneof(
  fc.constant(0),
  fc.constant(0),
  fc.integer({ min: -3, max: 3 }),
  fc.integer({ min: 0, max: 9 }).map((digit) => 3e9 + digit / 8),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((double) => Math.round(double * 1e6) / 1e6 + 0),
);
const tuplesOf = (width: number) =>
  fc.array<Tuple>(fc.tuple(...Array.from({ length: width }, () => number)), { maxLength: 60 });
const lists = fc.array(
  fc.array(number, { minLength: 1, maxLength: 5 }).map((list) => list.sort((a, b) => a - b)),
  { maxLength: 40 },
);

function runOf(width: number, tuples: readonly Tuple[], counts: readonly number[] = tuples.map(() => 1)): RankRun {
  let end = 0;
  const ends = tuples.map(({ length }) => (end += length));
  return sortedRun({
    width,
    values: Float64Array.from(tuples.flat()),
    counts: Int32Array.from(counts),
    ends: Uint32Array.from(width === 0 ? ends : []),
  });
}

/** Tuples as texts with how often they are there, in the order of the run. */
const shown = (run: RankRun): [string, number][] =>
  Array.from(run.counts, (count, tuple) => [
    run.values.subarray(startOf(run, tuple), startOf(run, tuple + 1)).join(' '),
    count,
  ]);

function counted(tuples: readonly Tuple[], counts: readonly number[] = tuples.map(() => 1)): Map<string, number> {
  const result = new Map<string, number>();
  tuples.forEach((tuple, index) => {
    const name = tuple.join(' ');
    const count = (result.get(name) ?? 0) + (counts[index] ?? 0);
    if (count === 0) result.delete(name);
    else result.set(name, count);
  });
  return result;
}

const shuffledParts = <T>(items: readonly T[], cuts: readonly number[]): T[][] => {
  const parts: T[][] = [[], [], []];
  items.forEach((item, index) => parts[(cuts[index % Math.max(1, cuts.length)] ?? 0) % 3]!.push(item));
  return parts;
};
const cuts = fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 20 });

function expectClose(got: number, expected: number, scale: number): void {
  expect(Math.abs(got - expected)).toBeLessThanOrEqual(1e-12 * Math.max(Math.abs(expected), scale));
}

describe('a run of tuples', () => {
  it('counts equal tuples together, in ascending order', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 2, 3).chain((width) => fc.tuple(fc.constant(width), tuplesOf(width))),
        ([width, tuples]) => {
          const run = runOf(width, tuples);
          expect(new Map(shown(run))).toEqual(counted(tuples));
          const rows = Array.from(run.counts, (_, tuple) => [
            ...run.values.subarray(tuple * width, (tuple + 1) * width),
          ]);
          const sorted = [...rows].sort((a, b) => {
            const at = a.findIndex((value, index) => value !== b[index]);
            return at < 0 ? 0 : a[at]! - b[at]!;
          });
          expect(rows).toEqual(sorted);
          expect(unitsOf(run)).toBe(tuples.length);
        },
      ),
    );
  });

  it('is the same in whatever parts it is added up, and leaves nothing of what is taken away', () => {
    const some = fc.oneof(
      tuplesOf(1).map((tuples) => [1, tuples] as const),
      tuplesOf(2).map((tuples) => [2, tuples] as const),
      lists.map((tuples) => [0, tuples as Tuple[]] as const),
    );
    fc.assert(
      fc.property(
        some,
        cuts,
        fc.array(fc.boolean(), { minLength: 1, maxLength: 9 }),
        ([width, tuples], parts, taken) => {
          const [a, b, c] = shuffledParts(tuples, parts).map((part) => runOf(width, part));
          const all = addRuns(addRuns(a!, b!), c!);
          expect(all).toEqual(runOf(width, tuples));
          expect(addRuns(c!, addRuns(b!, a!))).toEqual(all);
          const gone = tuples.filter((_, index) => taken[index % taken.length]);
          const rest = tuples.filter((_, index) => !taken[index % taken.length]);
          expect(addRuns(all, negated(runOf(width, gone)))).toEqual(runOf(width, rest));
          expect(addRuns(negated(all), all)).toEqual(runOf(width, []));
        },
      ),
    );
  });

  it('refuses to be added to one of another width', () => {
    expect(() => addRuns(runOf(1, [[1]]), runOf(2, [[1, 2]]))).toThrow('runs of 1 and of 2 numbers');
  });

  it('is read from its bytes as it was written, at any place in a buffer', () => {
    fc.assert(
      fc.property(tuplesOf(2), lists, fc.nat({ max: 7 }), (pairs, events, offset) => {
        const set = new Map([
          [rankKey(3, VARIANT), runOf(2, pairs)],
          [rankKey(11, VARIANT), runOf(0, events)],
        ]);
        const body = encodeRanks(set);
        const moved = Buffer.alloc(body.length + 8);
        body.copy(moved, offset);
        expect(decodeRanks(moved.subarray(offset, offset + body.length))).toEqual(set);
      }),
    );
    expect(readRankKey(rankKey(11, VARIANT))).toEqual({ metric: 11, variantId: VARIANT });
  });

  it('leaves a metric out of a set when nothing of it is left', () => {
    const set = new Map([[rankKey(0, VARIANT), runOf(1, [[4], [4]])]]);
    expect(addSets([set, new Map([[rankKey(0, VARIANT), runOf(1, [[4]], [-2])]])]).size).toBe(0);
  });
});

describe('what is read from runs', () => {
  it('are the quantiles that a sort of all values gives, to the last digit', () => {
    fc.assert(
      fc.property(tuplesOf(1), cuts, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (tuples, parts, nu) => {
        const runs = shuffledParts(tuples, parts).map((part) => runOf(1, part));
        expect(unitQuantile(runs, nu)).toEqual(quantileFromValues(Float64Array.from(tuples.flat()), nu));
      }),
    );
  });

  it('are the quantiles of events with their clusters, to the last digit', () => {
    fc.assert(
      fc.property(lists, cuts, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (units, parts, nu) => {
        const runs = shuffledParts(units, parts).map((part) => runOf(0, part));
        expect(eventQuantile(runs, nu)).toEqual(quantileFromClusters(units, nu));
      }),
    );
  });

  it('are the caps at percentiles of all arms together, with and without zeros', () => {
    fc.assert(
      fc.property(
        tuplesOf(2),
        cuts,
        fc.constantFrom(0.01, 0.5, 0.8, 0.99, 1),
        fc.boolean(),
        (tuples, parts, level, ignoreZeros) => {
          const arms = shuffledParts(tuples, parts);
          const pooled = new PooledValues(
            arms.map((arm) => runOf(2, arm)),
            ignoreZeros,
          );
          const limits = winsorLimits(
            arms.map((arm) => arm.map(([outcome]) => outcome!)),
            { percentile: level, ignoreZeros },
          );
          const cap = pooled.length === 0 ? null : sampleQuantile(pooled.at([level]), level);
          expect(cap).toBe(limits.ok ? limits.value.cap : null);
          const beyond = tuples.filter(([outcome]) => cap !== null && outcome! > cap).length;
          expect(pooled.countUpTo(Infinity) - pooled.countUpTo(cap ?? Infinity)).toBe(beyond);
        },
      ),
    );
  });

  it('are the moments of the capped values, whatever was computed from the same runs before', () => {
    const values = tuplesOf(3).filter(({ length }) => length > 0);
    fc.assert(
      fc.property(
        values,
        values,
        cuts,
        fc.array(number, { minLength: 1, maxLength: 4 }),
        (before, tuples, parts, caps) => {
          const moments = new CappedMoments(3, [0, 2]);
          moments.of([runOf(3, before)], Infinity);
          const runs = shuffledParts(tuples, parts).map((part) => runOf(3, part));
          for (const cap of [...caps, Infinity]) {
            const columns = [0, 1, 2].map((column) =>
              tuples.map((tuple) => (column === 1 ? tuple[column]! : Math.min(tuple[column]!, cap))),
            );
            expectSame(moments.of(runs, cap), momentsFromValues(columns), columns);
          }
        },
      ),
    );
  });

  it('keep their digits far away from zero', () => {
    const tuples = Array.from({ length: 1_000 }, (_, unit) => [3e9 + (unit % 8) / 8, unit % 5]);
    const columns = [0, 1].map((column) => tuples.map((tuple) => tuple[column]!));
    const got = new CappedMoments(2, []).of([runOf(2, tuples.slice(0, 10)), runOf(2, tuples.slice(10))], Infinity);
    const expected = momentsFromValues(columns);
    got.products.forEach((product, index) => expectClose(product, expected.products[index]!, 100));
  });

  it('are nothing of an arm without units', () => {
    expect(new CappedMoments(2, [0]).of([runOf(2, [])], 3)).toMatchObject({ n: 0, means: [0, 0] });
  });
});

/** Products are compared with what they are made of: where they cancel out, no method has more digits. */
function expectSame(got: Moments, expected: Moments, columns: readonly number[][]): void {
  expect(got.n).toBe(expected.n);
  const largest = columns.map((column) => Math.max(...column.map(Math.abs)));
  const spread = columns.map((_, index) => {
    const diagonal = [0, 3, 5][index]!;
    // Deviations from a mean that is itself rounded.
    return Math.sqrt(expected.products[diagonal]!) + 1e-9 * largest[index]!;
  });
  got.means.forEach((mean, index) => expectClose(mean, expected.means[index]!, largest[index]!));
  let at = 0;
  for (let row = 0; row < 3; row += 1) {
    for (let column = row; column < 3; column += 1, at += 1) {
      expectClose(got.products[at]!, expected.products[at]!, spread[row]! * spread[column]!);
    }
  }
}
