import type { RawRecord } from '../log/log-transport.js';
import type { SqlClient } from '../log/transaction.js';

/** A stored row of the log, not yet parsed. */
export interface Chunk {
  readonly base: number;
  readonly count: number;
  readonly scope: string | null;
  readonly payload: string;
}

/** The row that holds the position (which may lie in its middle), and those after it, until the bytes are spent. */
const READ = `SELECT w.partition, b.base_offset, b.record_count, b.scope, b.payload
FROM unnest($2::int[], $3::bigint[]) AS w(partition, position)
CROSS JOIN LATERAL (
  SELECT base_offset, record_count, scope, payload,
    sum(octet_length(payload)) OVER (ORDER BY base_offset ROWS UNBOUNDED PRECEDING) - octet_length(payload) AS before
  FROM experimentation.log_batches
  WHERE topic = $1 AND partition = w.partition AND base_offset >= coalesce(
    (SELECT max(base_offset) FROM experimentation.log_batches
     WHERE topic = $1 AND partition = w.partition AND base_offset <= w.position), w.position)
  ORDER BY base_offset LIMIT 500
) AS b
WHERE b.before < $4 AND b.base_offset + b.record_count > w.position
ORDER BY w.partition, b.base_offset`;

/** Reads on from a position in each of several partitions at once, about `bytes` of each. */
export async function readBatches(
  client: SqlClient,
  topic: string,
  positions: ReadonlyMap<number, number>,
  bytes: number,
): Promise<Map<number, Chunk[]>> {
  const { rows } = await client.query(READ, [topic, [...positions.keys()], [...positions.values()], bytes]);
  const found = new Map<number, Chunk[]>();
  for (const row of rows) {
    const partition = Number(row['partition']);
    const chunks = found.get(partition) ?? [];
    chunks.push({
      base: Number(row['base_offset']),
      count: Number(row['record_count']),
      scope: row['scope'] as string | null,
      payload: row['payload'] as string,
    });
    found.set(partition, chunks);
  }
  return found;
}

/** The records of a row from `position` on. A row that does not hold what it says is malformed as a whole. */
export function recordsOf(chunk: Chunk, position: number): RawRecord[] {
  const values = parseArray(chunk.payload);
  const records: RawRecord[] = [];
  for (let index = Math.max(0, position - chunk.base); index < chunk.count; index += 1) {
    const at = { offset: chunk.base + index, scope: chunk.scope };
    if (Array.isArray(values) && values.length === chunk.count) {
      const value: unknown = values[index];
      records.push({ ...at, key: keyOf(value), value, raw: () => JSON.stringify(value) ?? 'null' });
    } else {
      const malformed = Array.isArray(values)
        ? `The row holds ${values.length} records, not ${chunk.count}.`
        : String(values);
      const inner = chunk.payload.replace(/^\[|\]$/g, '');
      records.push({ ...at, key: null, value: undefined, malformed, raw: () => inner });
    }
  }
  return records;
}

function parseArray(payload: string): unknown {
  try {
    const parsed: unknown = JSON.parse(payload);
    return Array.isArray(parsed) ? parsed : 'The row is not a JSON array.';
  } catch (error) {
    return `The message is not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function keyOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('subject' in value)) return null;
  return typeof value.subject === 'string' ? value.subject : null;
}
