import { addSets } from '../ranks/add-runs.js';
import type { StoredSize } from '../ranks/fold-rule.js';
import { negated, type RankSet } from '../ranks/rank-run.js';

/**
 * The rows of a shard as a process holds them: all together, and the smaller ones apart, so that they can be taken out again
 * when the table has them in another row. A row never changes, and no two ever have one id.
 */
export interface HeldShard {
  /** Its largest row when it was read, which is in `total` alone. */
  readonly largest: string;
  readonly others: ReadonlyMap<string, RankSet>;
  /** No count is negative as long as units stay in their shard: what is taken away was there. */
  readonly total: RankSet;
}

/** The rows whose content has to be fetched. All of them when the largest is there no more. */
export function missingRows<T extends StoredSize>(held: HeldShard | undefined, stored: readonly T[]): readonly T[] {
  if (held === undefined || !stored.some(({ id }) => id === held.largest)) return stored;
  return stored.filter(({ id }) => id !== held.largest && !held.others.has(id));
}

/**
 * The shard as it is stored, from what was held and the rows that were missing.
 *
 * @param fetched the rows that `missingRows` named
 */
export function heldShard(
  held: HeldShard | undefined,
  stored: readonly StoredSize[],
  fetched: ReadonlyMap<string, RankSet>,
): HeldShard {
  const ids = new Set(stored.map(({ id }) => id));
  if (held !== undefined && ids.has(held.largest)) {
    const gone = [...held.others].filter(([id]) => !ids.has(id));
    if (gone.length === 0 && fetched.size === 0) return held;
    const change = addSets([...fetched.values(), ...gone.map(([, set]) => takenAway(set))]);
    const kept = [...held.others].filter(([id]) => ids.has(id));
    return { largest: held.largest, others: new Map([...kept, ...fetched]), total: addSets([held.total, change]) };
  }
  const bySize = [...stored].sort((a, b) => b.bytes - a.bytes);
  const largest = bySize[0]?.id ?? '';
  const others = new Map([...fetched].filter(([id]) => id !== largest));
  const base = fetched.get(largest) ?? new Map();
  return { largest, others, total: addSets([base, addSets(others.values())]) };
}

const takenAway = (set: RankSet): RankSet => new Map([...set].map(([key, run]) => [key, negated(run)]));

/** What is derived of a run while it is held: how many units come before each tuple, and the values of events in their order. */
const PER_COUNT = 4;
const PER_LISTED_VALUE = 20;

/** Bytes of the shards, and of what is derived of them. */
export function bytesHeld(shards: Iterable<HeldShard>): number {
  let bytes = 0;
  for (const { others, total } of shards) {
    for (const set of [total, ...others.values()]) {
      for (const { width, values, counts, ends } of set.values()) {
        bytes += values.byteLength + counts.byteLength + ends.byteLength;
        if (set !== total) continue;
        bytes += width === 0 ? PER_LISTED_VALUE * values.length : PER_COUNT * counts.length;
      }
    }
  }
  return bytes;
}
