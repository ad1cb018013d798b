import { createTestDatabase } from '@assay/testing';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { StoredSize } from '../ranks/fold-rule.js';
import { addSets } from '../ranks/add-runs.js';
import { negated, rankKey, type RankRun, type RankSet } from '../ranks/rank-run.js';
import { addRanks } from './rank-rows.js';
import { readRanks } from './read-ranks.js';

const VARIANT = '0190b6a2-0000-7000-8000-00000000001a';
const SHARD = 5;

describe('rows of ranked values', () => {
  let client: pg.Client;
  let drop: () => Promise<void>;
  beforeAll(async () => {
    const database = await createTestDatabase();
    drop = database.drop;
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await drop();
  });

  const rowsOf = async (experimentId: string): Promise<StoredSize[]> => {
    const { rows } = await client.query<StoredSize>(
      'SELECT id, octet_length(body) AS bytes FROM experimentation.ranked_changes WHERE experiment_id = $1 AND shard = $2',
      [experimentId, SHARD],
    );
    return rows;
  };
  const readAll = async (experimentId: string): Promise<RankSet> => {
    const rows = await rowsOf(experimentId);
    return addSets((await readRanks(client, experimentId, rows)).values());
  };

  /** Tuples of two numbers, `step` apart. */
  function setOf(count: number, step: number): RankSet {
    const run: RankRun = {
      width: 2,
      counts: new Int32Array(count).fill(1),
      ends: new Uint32Array(0),
      values: Float64Array.from({ length: 2 * count }, (_, index) => index * step),
    };
    return new Map([[rankKey(1, VARIANT), run]]);
  }

  it('are read again as they were written, of any length', async () => {
    const experimentId = randomUUID();
    const long = setOf(300_000, 0.1);
    await addRanks(client, SHARD, new Map([[experimentId, long]]));
    expect((await rowsOf(experimentId)).map(({ bytes }) => bytes)).toEqual([300_000 * 16 + 36]);
    const few = setOf(10, 0.7);
    await addRanks(client, SHARD, new Map([[experimentId, few]]));
    expect(await rowsOf(experimentId)).toHaveLength(2);
    const sum = addSets([long, few]);
    expect(isSame(await readAll(experimentId), sum)).toBe(true);
    await addRanks(client, SHARD, new Map([[experimentId, setOf(100_000, 0.3)]]));
    expect(await rowsOf(experimentId)).toHaveLength(1);
    expect(isSame(await readAll(experimentId), addSets([sum, setOf(100_000, 0.3)]))).toBe(true);
  });

  it('are gone when all that was added is taken away, and stay apart by experiment', async () => {
    const [experimentId, other] = [randomUUID(), randomUUID()];
    await addRanks(
      client,
      SHARD,
      new Map([
        [experimentId, setOf(20, 1)],
        [other, setOf(3, 1)],
      ]),
    );
    const taken = [...setOf(20, 1)].map(([key, run]): [string, RankRun] => [key, negated(run)]);
    await addRanks(client, SHARD, new Map([[experimentId, new Map(taken)]]));
    expect(await rowsOf(experimentId)).toEqual([]);
    expect(isSame(await readAll(other), setOf(3, 1))).toBe(true);
  });
});

/** By their bytes: a comparison number by number of so many takes its time. */
function isSame(a: RankSet, b: RankSet): boolean {
  const bytes = (run: RankRun | undefined): Buffer[] =>
    [run?.values, run?.counts, run?.ends].map((part) =>
      Buffer.from(new Uint8Array(part?.buffer ?? new ArrayBuffer(0))),
    );
  return (
    a.size === b.size &&
    [...a].every(([key, run]) => {
      const other = bytes(b.get(key));
      return bytes(run).every((part, index) => part.equals(other[index] ?? Buffer.alloc(0)));
    })
  );
}
