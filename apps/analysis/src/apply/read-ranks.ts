import pg from 'pg';
import type { StoredSize } from '../ranks/fold-rule.js';
import { decodeRanks } from '../ranks/rank-body.js';
import type { RankSet } from '../ranks/rank-run.js';
import { plainArray } from './pg-arrays.js';

/** Bytes of a part: the driver makes a text of it that is twice as long. */
const PART = 1024 * 1024;

/** Bodies are kept uncompressed, so that a part is read without the rest. */
const PARTS = `
  SELECT r.id, part, substring(r.body FROM part * ${PART} + 1 FOR ${PART}) AS bytes
  FROM experimentation.ranked_changes r, generate_series(0, (octet_length(r.body) - 1) / ${PART}) AS part
  WHERE r.experiment_id = $1 AND r.id = ANY($2::uuid[])`;

interface PartRow {
  readonly id: string;
  readonly part: number;
  readonly bytes: Buffer;
}

/** What some rows of an experiment hold, by their ids. They are decoded while the server prepares the next ones. */
export async function readRanks(
  client: pg.ClientBase,
  experimentId: string,
  rows: readonly StoredSize[],
): Promise<Map<string, RankSet>> {
  const bodies = new Bodies(rows);
  if (rows.length === 0) return bodies.ranks;
  const values = [experimentId, plainArray(rows.map(({ id }) => id))];
  await eachPart(client, values, (row) => bodies.take(row));
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

  take({ id, part, bytes }: PartRow): void {
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

function eachPart(client: pg.ClientBase, values: unknown[], take: (row: PartRow) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const query = new pg.Query<PartRow>({ name: 'assay-read-ranks', text: PARTS, values });
    let failure: Error | undefined;
    query.on('row', (row) => {
      try {
        take(row);
      } catch (error) {
        failure ??= error instanceof Error ? error : new Error(String(error));
      }
    });
    query.on('error', reject);
    // The client takes the next statement only then, also after a failure.
    query.on('end', () => (failure === undefined ? resolve() : reject(failure)));
    client.query(query);
  });
}
