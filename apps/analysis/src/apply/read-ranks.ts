import type pg from 'pg';
import type { StoredSize } from '../ranks/fold-rule.js';
import { decodeRanks } from '../ranks/rank-body.js';
import type { RankSet } from '../ranks/rank-run.js';
import { plainArray } from './pg-arrays.js';

/** Bytes that are fetched at a time: the driver makes a text of them that is twice as long. */
const SLICE = 4 * 1024 * 1024;

const WHOLE = `
  SELECT id, body FROM experimentation.ranked_changes
  WHERE experiment_id = $1 AND shard = $2 AND id = ANY($3::uuid[])`;

/** Bodies are kept uncompressed, so that a part is read without the rest. */
const PART = `
  SELECT substring(body FROM $4::int FOR $5::int) AS body FROM experimentation.ranked_changes
  WHERE experiment_id = $1 AND shard = $2 AND id = $3`;

/** What some rows of an experiment and shard hold, by their ids. */
export async function readRanks(
  client: pg.ClientBase,
  experimentId: string,
  shard: number,
  rows: readonly StoredSize[],
): Promise<Map<string, RankSet>> {
  const ranks = new Map<string, RankSet>();
  for (const { id, bytes } of rows.filter((row) => row.bytes > SLICE)) {
    ranks.set(id, decodeRanks(await inParts(client, [experimentId, shard, id], bytes)));
  }
  const small = rows.filter(({ bytes }) => bytes <= SLICE).map(({ id }) => id);
  if (small.length === 0) return ranks;
  const { rows: whole } = await client.query<{ id: string; body: Buffer }>({
    name: 'assay-read-ranks',
    text: WHOLE,
    values: [experimentId, shard, plainArray(small)],
  });
  for (const { id, body } of whole) ranks.set(id, decodeRanks(body));
  return ranks;
}

async function inParts(client: pg.ClientBase, key: readonly (string | number)[], bytes: number): Promise<Buffer> {
  const body = Buffer.allocUnsafe(bytes);
  for (let from = 0; from < bytes; from += SLICE) {
    const { rows } = await client.query<{ body: Buffer }>({
      name: 'assay-read-ranks-part',
      text: PART,
      values: [...key, from + 1, SLICE],
    });
    const part = rows[0]?.body;
    if (part === undefined) throw new Error(`Row ${key.join('/')} of the ranked values is gone while it is read`);
    body.set(part, from);
  }
  return body;
}
