import type pg from 'pg';
import type { StoredSize } from '../ranks/fold-rule.js';
import { decodeRanks, uuidOf } from '../ranks/rank-body.js';
import type { RankSet } from '../ranks/rank-run.js';
import { binaryCopy } from './binary-copy.js';

/** Bytes of a part, so that the server never holds a whole body besides the message it sends. */
const PART = 1024 * 1024;

/** Bodies are kept uncompressed, so that a part is read without the rest. */
const PARTS = `
  SELECT r.id, part, substring(r.body FROM part * ${PART} + 1 FOR ${PART}) AS bytes
  FROM experimentation.ranked_changes r, generate_series(0, (octet_length(r.body) - 1) / ${PART}) AS part
  WHERE r.experiment_id = $1::uuid AND r.id = ANY($2::uuid[])`;

/** What some rows of an experiment hold, by their ids. They are decoded while the server prepares the next ones. */
export async function readRanks(
  client: pg.ClientBase,
  experimentId: string,
  rows: readonly StoredSize[],
): Promise<Map<string, RankSet>> {
  const bodies = new Bodies(rows);
  if (rows.length === 0) return bodies.ranks;
  const ids = rows.map(({ id }) => id);
  await binaryCopy(client, PARTS, [experimentId, ids], ([id, part, bytes]) => {
    if (id && part && bytes) bodies.take(uuidOf(id), part.readInt32BE(), bytes);
  });
  if (bodies.ranks.size < rows.length) throw new Error(`Ranked values of ${experimentId} are gone while they are read`);
  return bodies.ranks;
}

/** Puts bodies together from their parts. */
class Bodies {
  readonly ranks = new Map<string, RankSet>();
  private readonly begun = new Map<string, { readonly body: Buffer; missing: number }>();
  private readonly sizes: ReadonlyMap<string, number>;

  constructor(rows: readonly StoredSize[]) {
    this.sizes = new Map(rows.map(({ id, bytes }) => [id, bytes]));
  }

  take(id: string, part: number, bytes: Buffer): void {
    const size = this.sizes.get(id) ?? 0;
    const held = this.begun.get(id) ?? { body: Buffer.allocUnsafe(size), missing: size };
    held.body.set(bytes, part * PART);
    held.missing -= bytes.length;
    if (held.missing > 0) this.begun.set(id, held);
    else {
      this.ranks.set(id, decodeRanks(held.body));
      this.begun.delete(id);
    }
  }
}
