import type { Chunk } from '../consumer/partition-flow.js';
import type { Content, RawRecord } from '../log/log-transport.js';
import type { SqlClient } from '../log/transaction.js';
import { recordsIn, unpackRow } from './row-payload.js';

/** A stored row of the log, not yet parsed. */
export class StoredRow implements Chunk {
  readonly end: number;
  readonly chars: number;

  constructor(
    readonly base: number,
    readonly count: number,
    readonly scope: string | null,
    private readonly payload: Buffer,
  ) {
    this.end = base + count;
    this.chars = payload.length;
  }

  /** A row that does not hold what it says is malformed as a whole. */
  open(from: number): { records: RawRecord[]; chars: number } {
    const text = textOf(this.payload);
    const values = typeof text === 'string' ? recordsIn(text) : text.damage;
    const records: RawRecord[] = [];
    for (let index = Math.max(0, from - this.base); index < this.count; index += 1) {
      const offset = this.base + index;
      if (Array.isArray(values) && values.length === this.count) {
        const value: unknown = values[index];
        records.push(new SoundRecord(offset, keyOf(value), this.scope, value));
      } else {
        const malformed = Array.isArray(values) ? `The row holds ${values.length} records, not ${this.count}.` : values;
        const inner = typeof text === 'string' ? text.replace(/^\[|\]$/g, '') : '';
        records.push({ offset, scope: this.scope, key: null, read: () => ({ malformed }), raw: () => inner });
      }
    }
    return { records, chars: typeof text === 'string' ? text.length : 0 };
  }
}

/** A class, since there are very many: no closure and no copy for each. */
class SoundRecord implements RawRecord {
  constructor(
    readonly offset: number,
    readonly key: string | null,
    readonly scope: string | null,
    private readonly value: unknown,
  ) {}

  read(): Content {
    return { value: this.value };
  }

  raw(): string {
    return JSON.stringify(this.value) ?? 'null';
  }
}

function textOf(payload: Buffer): string | { damage: string } {
  try {
    return unpackRow(payload);
  } catch (error) {
    return { damage: `The row cannot be unpacked: ${error instanceof Error ? error.message : String(error)}` };
  }
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
): Promise<Map<number, StoredRow[]>> {
  const { rows } = await client.query(READ, [topic, [...positions.keys()], [...positions.values()], bytes]);
  const found = new Map<number, StoredRow[]>();
  for (const row of rows) {
    const partition = Number(row['partition']);
    const chunks = found.get(partition) ?? [];
    const scope = row['scope'] as string | null;
    chunks.push(
      new StoredRow(Number(row['base_offset']), Number(row['record_count']), scope, row['payload'] as Buffer),
    );
    found.set(partition, chunks);
  }
  return found;
}

function keyOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('subject' in value)) return null;
  return typeof value.subject === 'string' ? value.subject : null;
}
