/** When rows of changes are put together with others. */
export interface FoldRule {
  /** All of a shard become one when everything but the largest row is more than this share of it. */
  readonly share: number;
  /** So many rows, and the small ones become one. */
  readonly rows: number;
}

export const FOLD_RULE: FoldRule = { share: 0.25, rows: 16 };

/** A stored row, without what it holds. */
export interface StoredSize {
  readonly id: string;
  readonly bytes: number;
}

/**
 * Ids of the rows that become one with the `added` bytes. A row is written again only with at least a part as much beside it:
 * every change is written a few times on its way into the largest row, however much is stored, and there are never many rows
 * to read.
 */
export function rowsToFold(stored: readonly StoredSize[], added: number, rule: FoldRule): string[] {
  const rows = [...stored].sort((a, b) => a.bytes - b.bytes);
  const largest = rows.at(-1)?.bytes ?? 0;
  const beside = rows.reduce((sum, { bytes }) => sum + bytes, added - largest);
  if (beside > rule.share * largest) return rows.map(({ id }) => id);
  if (rows.length < rule.rows) return [];
  const folded: string[] = [];
  let sum = added;
  for (const { id, bytes } of rows) {
    if (bytes > 2 * sum) break;
    folded.push(id);
    sum += bytes;
  }
  return folded;
}
