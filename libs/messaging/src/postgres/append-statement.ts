import type { Append } from '../log/group-commit.js';
import type { EncodedRecord } from '../log/log-transport.js';
import { partitionOf } from '../log/partition-of.js';
import { packRow } from './row-payload.js';

/** One row of `log_batches` to be. */
interface Row {
  readonly topic: string;
  readonly partition: number;
  readonly scope: string | null;
  readonly head: string;
  count: number;
  chars: number;
  bodies: string[];
}

/** A row is a reader's smallest unit; this keeps it in the range where one more row costs nothing. */
const ROW_RECORDS = 1_000;
const ROW_CHARS = 262_144;
/** Rows of one statement; a power of two. */
const MOST_ROWS = 1_024;

/**
 * Offsets are given out by the upsert of `log_partitions`: its row locks serialise the appends of a partition until commit, so
 * offsets have no gaps and become visible in order. The sort takes the locks in one order everywhere: no deadlocks.
 */
const appendStatement = (rows: number): string => `WITH input AS MATERIALIZED (
  SELECT * FROM (VALUES ${Array.from({ length: rows }, (_, row) => placeholders(row)).join(', ')})
    AS row(position, topic, partition, scope, records, payload)
  WHERE payload IS NOT NULL
), advanced AS (
  INSERT INTO experimentation.log_partitions AS p (topic, partition, next_offset)
  SELECT topic, partition, sum(records) FROM input GROUP BY topic, partition ORDER BY topic, partition
  ON CONFLICT (topic, partition) DO UPDATE SET next_offset = p.next_offset + excluded.next_offset
  RETURNING p.topic, p.partition, p.next_offset
), written AS (
  INSERT INTO experimentation.log_batches (topic, partition, base_offset, record_count, scope, payload, created_at)
  SELECT i.topic, i.partition,
    a.next_offset - sum(i.records) OVER (PARTITION BY i.topic, i.partition ORDER BY i.position DESC),
    i.records, i.scope, i.payload, clock_timestamp()
  FROM input i JOIN advanced a ON a.topic = i.topic AND a.partition = i.partition
  RETURNING topic
)
SELECT pg_notify('assay_log', topic) FROM (SELECT DISTINCT topic FROM written) AS touched`;

function placeholders(row: number): string {
  const [topic, partition, scope, records, payload] = [1, 2, 3, 4, 5].map((column) => `$${row * 5 + column}`);
  return `(${row}, ${topic}::text, ${partition}::int, ${scope}::text, ${records}::int, ${payload}::bytea)`;
}

const statements = new Map<number, string>();

/** A statement with its values; `name` is the same for the same text, so that it can be prepared. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

/** What writes the appends: one statement, or several (to be run in one transaction) where the rows are very many. */
export function appendStatements(appends: readonly Append[]): Statement[] {
  const rows = rowsOf(appends);
  const made: Statement[] = [];
  for (let start = 0; start < rows.length; start += MOST_ROWS)
    made.push(statementOf(rows.slice(start, start + MOST_ROWS)));
  return made;
}

/**
 * Each payload is a parameter of its own, since an array of them would have to be escaped and parsed again. The
 * number of rows is rounded up, so that a connection prepares a handful of statements at most.
 */
function statementOf(rows: readonly Row[]): Statement {
  const width = 2 ** Math.ceil(Math.log2(rows.length));
  const text = statements.get(width) ?? appendStatement(width);
  statements.set(width, text);
  const values: unknown[] = new Array<unknown>(width * 5).fill(null);
  rows.forEach((row, index) => {
    const at = index * 5;
    values[at] = row.topic;
    values[at + 1] = row.partition;
    values[at + 2] = row.scope;
    values[at + 3] = row.count;
    values[at + 4] = packRow(row.head, row.bodies);
  });
  return { name: `assay-append-${width}`, text, values };
}

/** Records put together by partition, scope and head, in order within each. */
function rowsOf(appends: readonly Append[]): Row[] {
  const rows: Row[] = [];
  const lanes = new Map<string, (Row | undefined)[]>();
  for (const { topic, partitions, records } of appends) {
    let last: EncodedRecord | undefined;
    let open: (Row | undefined)[] = [];
    for (const record of records) {
      const { key, scope, head, body } = record;
      // Nearly always the records of a call have one scope and one head.
      if (last?.head !== head || last.scope !== scope) open = laneOf(lanes, `${topic} ${scope ?? ''} ${head}`);
      last = record;
      const partition = partitionOf(key, partitions);
      let row = open[partition];
      if (row === undefined || row.count >= ROW_RECORDS || row.chars >= ROW_CHARS) {
        row = { topic, partition, scope, head, count: 0, chars: 0, bodies: [] };
        open[partition] = row;
        rows.push(row);
      }
      row.count += 1;
      row.chars += body.length;
      row.bodies.push(body);
    }
  }
  return rows;
}

/** The rows being filled of a topic, scope and head, by partition. */
function laneOf(lanes: Map<string, (Row | undefined)[]>, name: string): (Row | undefined)[] {
  const lane = lanes.get(name) ?? [];
  lanes.set(name, lane);
  return lane;
}
