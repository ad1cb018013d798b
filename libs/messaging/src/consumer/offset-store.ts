import type { SqlClient } from '../log/transaction.js';
import { StaleBatchError } from './log-context.js';

/** Where a group stands in one partition and where it is to stand. */
export interface Advance {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** The stored offset this work started from. */
  readonly expected: number;
  readonly next: number;
}

/** A record given up on, to be stored together with the offset that passes it. */
export interface DeadRecord {
  readonly id: string;
  readonly offset: number;
  readonly key: string | null;
  readonly scope: string | null;
  readonly payload: string;
  readonly error: string;
  readonly code: string | null;
  readonly attempts: number;
}

const MOVE = `UPDATE experimentation.consumer_offsets SET next_offset = $5, updated_at = now()
  WHERE group_id = $1 AND topic = $2 AND partition = $3 AND next_offset = $4 RETURNING next_offset`;

const MOVE_WITH_DEAD = `WITH moved AS (${MOVE}), dead AS (
  INSERT INTO experimentation.dead_letters
    (id, created_at, updated_at, topic, partition, message_offset, group_id, key, scope, payload, error, error_code, attempts, status)
  SELECT d.id, now(), now(), $2, $3, d."offset", $1, d.key, d.scope, d.payload, d.error, d.code, d.attempts, 'dead'
  FROM json_to_recordset($6::json) AS d(id uuid, "offset" bigint, key text, scope text, payload text, error text, code text, attempts int)
  WHERE EXISTS (SELECT 1 FROM moved))
SELECT next_offset FROM moved`;

/** The offsets of consumer groups: the one truth on both transports, stored with the effects of the records. */
export class OffsetStore {
  constructor(private readonly pool: SqlClient) {}

  /** The group's next offset; a group new to the partition begins at the earliest record kept. */
  async position(group: string, topic: string, partition: number, earliest: () => Promise<number>): Promise<number> {
    const stored = await this.stored(group, topic, partition);
    if (stored !== undefined) return stored;
    await this.pool.query(
      `INSERT INTO experimentation.consumer_offsets (group_id, topic, partition, next_offset, updated_at)
       VALUES ($1, $2, $3, $4, now()) ON CONFLICT DO NOTHING`,
      [group, topic, partition, await earliest()],
    );
    return (await this.stored(group, topic, partition)) ?? 0;
  }

  /**
   * Moves the offset if it is still the expected one, and stores the dead letters; on the pool, or in a transaction.
   *
   * @throws StaleBatchError when somebody else has moved it.
   */
  async advance(move: Advance, dead: readonly DeadRecord[], client: SqlClient = this.pool): Promise<void> {
    const values = [move.group, move.topic, move.partition, move.expected, move.next];
    const { rows } =
      dead.length === 0
        ? await client.query(MOVE, values)
        : await client.query(MOVE_WITH_DEAD, [...values, JSON.stringify(dead.map(storable))]);
    if (rows.length === 0) throw new StaleBatchError(move.group, move.topic, move.partition);
  }

  private async stored(group: string, topic: string, partition: number): Promise<number | undefined> {
    const { rows } = await this.pool.query(
      'SELECT next_offset FROM experimentation.consumer_offsets WHERE group_id = $1 AND topic = $2 AND partition = $3',
      [group, topic, partition],
    );
    const next = rows[0]?.['next_offset'];
    return next === undefined ? undefined : Number(next);
  }
}

/** PostgreSQL's text holds anything but NUL and broken surrogates. */
function storable(record: DeadRecord): DeadRecord {
  const clean = (text: string): string => Buffer.from(text.replaceAll('\u0000', '\uFFFD')).toString();
  return {
    ...record,
    key: record.key === null ? null : clean(record.key),
    payload: clean(record.payload),
    error: clean(record.error).slice(0, 4_000),
  };
}
