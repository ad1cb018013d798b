import fc from 'fast-check';
import { addSets } from '../ranks/add-runs.js';
import { rankKey, type RankSet } from '../ranks/rank-run.js';
import { sortedRun } from '../ranks/sorted-run.js';
import { bytesHeld, heldShard, missingRows, type HeldShard } from './held-shard.js';

const VARIANT = '0190b6a2-0000-7000-8000-00000000001a';

/** What happens to the table: a row comes, with values of some units (the last ones of those there are leave), or some become one. */
const step = fc.oneof(
  fc.record({ added: fc.array(fc.nat({ max: 5 }), { maxLength: 6 }), leaving: fc.nat({ max: 3 }) }),
  fc.record({ folded: fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }) }),
);
const steps = fc.array(fc.record({ step, reads: fc.boolean() }), { minLength: 1, maxLength: 30 });

interface Row {
  readonly id: string;
  readonly bytes: number;
  readonly set: RankSet;
}

const setOf = (added: readonly number[], left: readonly number[]): RankSet => {
  const run = sortedRun({
    width: 1,
    values: Float64Array.from([...added, ...left]),
    counts: Int32Array.from([...added.map(() => 1), ...left.map(() => -1)]),
    ends: new Uint32Array(0),
  });
  return new Map(run.counts.length === 0 ? [] : [[rankKey(0, VARIANT), run]]);
};

/** Reads what is missing, as the reader does. */
function read(held: HeldShard | undefined, rows: readonly Row[]): HeldShard {
  const missing = missingRows(held, rows);
  return heldShard(held, rows, new Map(missing.map(({ id, set }) => [id, set])));
}

describe('a shard as a process holds it', () => {
  it('is all rows of the table, whichever were put together since it was read', () => {
    fc.assert(
      fc.property(steps, (all) => {
        let rows: Row[] = [];
        let units: number[] = [];
        let held: HeldShard | undefined;
        all.forEach(({ step: each, reads }, index) => {
          if ('added' in each) {
            const left = units.slice(Math.max(0, units.length - each.leaving));
            units = [...units.slice(0, units.length - left.length), ...each.added];
            rows.push(rowOf(`row ${index}`, setOf(each.added, left)));
          } else {
            const folded = rows.filter((_, row) => each.folded[row % each.folded.length]);
            const sum = rowOf(`sum ${index}`, addSets(folded.map(({ set }) => set)));
            rows = [...rows.filter((row) => !folded.includes(row)), sum];
          }
          if (!reads) return;
          held = read(held, rows);
          expect(held.total).toEqual(setOf(units, []));
        });
      }),
      { numRuns: 300 },
    );
  });

  it('fetches what is new alone, as long as the largest row stays', () => {
    const rows = [rowOf('large', setOf([1, 2, 3, 4], [])), rowOf('small', setOf([5], [1]))];
    const held = read(undefined, rows);
    expect(missingRows(held, rows)).toEqual([]);
    expect(heldShard(held, rows, new Map())).toBe(held);
    const later = [rows[0]!, rowOf('both', setOf([5, 7], [1, 2]))];
    expect(missingRows(held, later)).toEqual([later[1]]);
    const all = [rowOf('all', setOf([3, 4, 5, 7], []))];
    expect(missingRows(held, all)).toEqual(all);
    expect(bytesHeld([read(held, later)])).toBeGreaterThan(bytesHeld([read(undefined, [rows[0]!])]));
  });
});

const rowOf = (id: string, set: RankSet): Row => ({
  id,
  bytes: [...set.values()].reduce((sum, { counts }) => sum + counts.length, 0),
  set,
});
