import type { EncodedRecord } from '../log/log-transport.js';
import { partitionOf } from '../log/partition-of.js';
import type { SqlClient } from '../log/transaction.js';

/** Records of one topic to be written in one transaction. */
export interface Append {
  readonly topic: string;
  readonly partitions: number;
  readonly records: readonly EncodedRecord[];
}

/** One row of `log_batches` to be. */
interface Row {
  readonly topic: string;
  readonly partition: number;
  readonly scope: string | null;
  count: number;
  chars: number;
  texts: string[];
}

/** A row is a reader's smallest unit; this keeps it in the range where one more row costs nothing. */
const ROW_RECORDS = 1_000;
const ROW_CHARS = 262_144;

/**
 * Offsets are given out by the upsert of `log_partitions`: its row locks serialise the appends of a partition until commit, so
 * offsets have no gaps and become visible in order. The sort takes the locks in one order everywhere: no deadlocks.
 */
const APPEND = `WITH input AS MATERIALIZED (
  SELECT * FROM unnest($1::text[], $2::int[], $3::text[], $4::int[], $5::text[])
    WITH ORDINALITY AS row(topic, partition, scope, records, payload, position)
), advanced AS (
  INSERT INTO experimentation.log_partitions AS p (topic, partition, next_offset)
  SELECT topic, partition, sum(records) FROM input GROUP BY topic, partition ORDER BY topic, partition
  ON CONFLICT (topic, partition) DO UPDATE SET next_offset = p.next_offset + excluded.next_offset
  RETURNING p.topic, p.partition, p.next_offset
), written AS (
  INSERT INTO experimentation.log_batches (topic, partition, base_offset, record_count, scope, payload, created_at)
  SELECT i.topic, i.partition,
    a.next_offset - sum(i.records) OVER (PARTITION BY i.topic, i.partition ORDER BY i.position DESC), i.records, i.scope, i.payload,
    clock_timestamp()
  FROM input i JOIN advanced a ON a.topic = i.topic AND a.partition = i.partition
  RETURNING topic
)
SELECT pg_notify('assay_log', topic) FROM (SELECT DISTINCT topic FROM written) AS touched`;

/** Writes the appends in one round trip, in the client's transaction if it is in one. */
export async function writeAppends(client: SqlClient, appends: readonly Append[]): Promise<void> {
  const rows = rowsOf(appends);
  if (rows.length === 0) return;
  await client.query(APPEND, [
    rows.map((row) => row.topic),
    rows.map((row) => row.partition),
    rows.map((row) => row.scope),
    rows.map((row) => row.count),
    rows.map((row) => `[${row.texts.join(',')}]`),
  ]);
}

/** Records put together by partition and scope, in order within each. */
function rowsOf(appends: readonly Append[]): Row[] {
  const rows: Row[] = [];
  const open = new Map<string, Row>();
  for (const { topic, partitions, records } of appends) {
    for (const record of records) {
      const partition = partitionOf(record.key, partitions);
      const place = `${partition} ${topic} ${record.scope ?? ''}`;
      let row = open.get(place);
      if (row === undefined || row.count >= ROW_RECORDS || row.chars >= ROW_CHARS) {
        row = { topic, partition, scope: record.scope, count: 0, chars: 0, texts: [] };
        open.set(place, row);
        rows.push(row);
      }
      row.count += 1;
      row.chars += record.json.length;
      row.texts.push(record.json);
    }
  }
  return rows;
}
