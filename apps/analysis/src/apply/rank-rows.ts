import type pg from 'pg';
import { v7 } from 'uuid';
import { addSets } from '../ranks/add-runs.js';
import { FOLD_RULE, rowsToFold, type FoldRule, type StoredSize } from '../ranks/fold-rule.js';
import { encodeRanks } from '../ranks/rank-body.js';
import type { RankSet } from '../ranks/rank-run.js';
import { plainArray } from './pg-arrays.js';
import { readRanks } from './read-ranks.js';

/** The length is known without the bytes: they are kept uncompressed. */
const SIZES = `
  SELECT experiment_id, id, octet_length(body) AS bytes
  FROM experimentation.ranked_changes WHERE experiment_id = ANY($1::uuid[]) AND shard = $2`;

const REMOVE = `
  DELETE FROM experimentation.ranked_changes WHERE experiment_id = $1 AND shard = $2 AND id = ANY($3::uuid[])`;

const PUT = `
  INSERT INTO experimentation.ranked_changes (experiment_id, shard, id, body) VALUES ($1, $2, $3, $4)`;

/**
 * Stores what changed of the ranked values of experiments in one shard: a row for each, in which some of the rows that were
 * there may be taken up. The caller holds the shard's lock.
 */
export async function addRanks(
  client: pg.ClientBase,
  shard: number,
  changes: ReadonlyMap<string, RankSet>,
  rule: FoldRule = FOLD_RULE,
): Promise<void> {
  if (changes.size === 0) return;
  const { rows } = await client.query<StoredSize & { experiment_id: string }>({
    name: 'assay-read-rank-sizes',
    text: SIZES,
    values: [plainArray([...changes.keys()]), shard],
  });
  for (const [experimentId, set] of changes) {
    const stored = rows.filter((row) => row.experiment_id === experimentId);
    const added = encodeRanks(set);
    const folded = new Set(rowsToFold(stored, added.length, rule));
    const taken = stored.filter(({ id }) => folded.has(id));
    const body = taken.length === 0 ? added : await takeUp(client, shard, experimentId, taken, set);
    if (body.length === 0) continue;
    await client.query({ name: 'assay-add-ranks', text: PUT, values: [experimentId, shard, v7(), body] });
  }
}

/** The rows, which are gone then, and the changes as one. */
async function takeUp(
  client: pg.ClientBase,
  shard: number,
  experimentId: string,
  rows: readonly StoredSize[],
  changes: RankSet,
): Promise<Buffer> {
  const held = await readRanks(client, experimentId, rows);
  await client.query({
    name: 'assay-remove-ranks',
    text: REMOVE,
    values: [experimentId, shard, plainArray([...held.keys()])],
  });
  return encodeRanks(addSets([...held.values(), changes]));
}
