import { AppError } from '@assay/contracts';
import { POOL } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import { LOG_TRANSPORT } from '../log/log-tokens.js';
import { wholeRecord } from '../log/encoded-record.js';
import type { EncodedRecord, LogTransport } from '../log/log-transport.js';
import { fitting } from '../log/record-size.js';
import { TopicRegistry } from '../log/topic-registry.js';
import type { SqlClient } from '../log/transaction.js';

export type DeadLetterStatus = 'dead' | 'replayed' | 'discarded';

/** A record a group gave up on, without its payload. */
export interface DeadLetterSummary {
  readonly id: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly group: string;
  readonly key: string | null;
  readonly scope: string | null;
  readonly error: string;
  readonly code: string | null;
  readonly attempts: number;
  readonly status: DeadLetterStatus;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface DeadLetterDetail extends DeadLetterSummary {
  /** The message as it was on the wire. */
  readonly payload: string;
}

export interface DeadLetterFilter {
  readonly topic?: string | undefined;
  readonly group?: string | undefined;
  /** Letters of this project, and those of none: what cannot be read names no project. */
  readonly scope?: string;
  readonly status?: DeadLetterStatus | undefined;
  /** What the error begins with. */
  readonly errorPrefix?: string | undefined;
  /** Page size, 1 to 200 (default 50). */
  readonly limit?: number;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  readonly oldestFirst?: boolean;
}

export interface DeadLetterPage {
  readonly items: DeadLetterSummary[];
  readonly nextCursor: string | null;
  readonly total: number;
}

/** How a letter is replayed or discarded. */
export interface SettleOptions {
  /** Only a letter of this project or of none is found. */
  readonly scope?: string;
  /** Runs in the transaction that settles the letter, e.g. to write an audit record. */
  readonly alongside?: (client: SqlClient, settled: DeadLetterSummary) => Promise<void>;
}

/** Of this project, or of none. */
const IN_SCOPE = (index: number): string => `($${index}::text IS NULL OR scope = $${index} OR scope IS NULL)`;

const COLUMNS = `id, topic, partition, message_offset::float8 AS "offset", group_id AS "group", key, scope, error, error_code AS code,
  attempts, status, created_at AS "createdAt", updated_at AS "updatedAt"`;

const MATCHING = `($1::text IS NULL OR topic = $1) AND ($2::text IS NULL OR group_id = $2) AND ${IN_SCOPE(3)}
  AND ($4::text IS NULL OR status = $4) AND ($5::text IS NULL OR starts_with(error, $5))`;

/** The records that were put aside: look at them, send them again, or let them go. */
@Injectable()
export class DeadLetters {
  constructor(
    @Inject(POOL) private readonly pool: pg.Pool,
    @Inject(LOG_TRANSPORT) private readonly transport: LogTransport,
    private readonly topics: TopicRegistry,
  ) {}

  /** The newest first, unless the oldest are wanted first; `total` counts over all pages. */
  async list(filter: DeadLetterFilter = {}): Promise<DeadLetterPage> {
    const { limit = 50, cursor, oldestFirst = false } = filter;
    const matching = [filter.topic, filter.group, filter.scope, filter.status, filter.errorPrefix];
    // Ids sort by the time of their making.
    const [order, beyond] = oldestFirst ? ['ASC', '>'] : ['DESC', '<'];
    const [{ rows }, counted] = await Promise.all([
      this.pool.query<DeadLetterSummary>(
        `SELECT ${COLUMNS} FROM experimentation.dead_letters
         WHERE ${MATCHING} AND ($6::uuid IS NULL OR id ${beyond} $6)
         ORDER BY id ${order} LIMIT $7`,
        [...matching, cursor, limit + 1],
      ),
      this.pool.query<{ total: number }>(
        `SELECT count(*)::int AS total FROM experimentation.dead_letters WHERE ${MATCHING}`,
        matching,
      ),
    ]);
    const items = rows.slice(0, limit);
    const nextCursor = rows.length > limit ? (items.at(-1)?.id ?? null) : null;
    return { items, nextCursor, total: counted.rows[0]?.total ?? 0 };
  }

  /** @throws AppError `not_found`, also for a letter of another project than `scope`. */
  async show(id: string, scope?: string): Promise<DeadLetterDetail> {
    const { rows } = await this.pool.query<DeadLetterDetail>(
      `SELECT ${COLUMNS}, payload FROM experimentation.dead_letters WHERE id = $1 AND ${IN_SCOPE(2)}`,
      [id, scope],
    );
    const [found] = rows;
    if (found === undefined) throw AppError.notFound('Dead letter', id);
    return found;
  }

  /** How many records of each topic are dead at the moment. */
  async counts(): Promise<Map<string, number>> {
    const { rows } = await this.pool.query<{ topic: string; count: number }>(
      `SELECT topic, count(*)::int AS count FROM experimentation.dead_letters WHERE status = 'dead' GROUP BY topic`,
    );
    return new Map(rows.map(({ topic, count }) => [topic, count]));
  }

  /**
   * Appends the record to its topic again, once; every group of the topic sees it again, under its old id.
   *
   * @throws AppError `not_found`; `conflict` when it is not dead any more, or is not JSON and would only fail again;
   * `payload_too_large` for one that no broker would take.
   */
  async replay(id: string, options: SettleOptions = {}): Promise<DeadLetterSummary> {
    return this.settle(id, 'replayed', options, async (client, letter) => {
      const topic = this.topics.find(letter.topic);
      if (topic === undefined) throw AppError.conflict(`Topic '${letter.topic}' is not known here.`, 'unknown_topic');
      const record = recordOf(letter);
      if (this.transport.appendWithin === undefined) await this.transport.append(topic, [record]);
      else await this.transport.appendWithin(client, topic, [record]);
    });
  }

  /** Marks the record as done with. @throws AppError `not_found`, `conflict`. */
  async discard(id: string, options: SettleOptions = {}): Promise<DeadLetterSummary> {
    return this.settle(id, 'discarded', options, () => Promise.resolve());
  }

  private async settle(
    id: string,
    status: DeadLetterStatus,
    options: SettleOptions,
    act: (client: pg.PoolClient, letter: DeadLetterDetail) => Promise<void>,
  ): Promise<DeadLetterSummary> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      await act(client, await openLetter(client, id, options.scope));
      const { rows } = await client.query<DeadLetterSummary>(
        `UPDATE experimentation.dead_letters SET status = $2, updated_at = now() WHERE id = $1 RETURNING ${COLUMNS}`,
        [id, status],
      );
      const settled = rows[0] as DeadLetterSummary;
      await options.alongside?.(client, settled);
      await client.query('COMMIT');
      client.release();
      return settled;
    } catch (error) {
      await client.query('ROLLBACK').then(
        () => client.release(),
        () => client.release(true),
      );
      throw error;
    }
  }
}

/** The letter, locked, if it is still dead. */
async function openLetter(client: pg.PoolClient, id: string, scope: string | undefined): Promise<DeadLetterDetail> {
  const { rows } = await client.query<DeadLetterDetail>(
    `SELECT ${COLUMNS}, payload FROM experimentation.dead_letters WHERE id = $1 AND ${IN_SCOPE(2)} FOR UPDATE`,
    [id, scope],
  );
  const [letter] = rows;
  if (letter === undefined) throw AppError.notFound('Dead letter', id);
  if (letter.status !== 'dead')
    throw AppError.conflict(`Dead letter '${id}' has already been ${letter.status}.`, 'already_settled');
  return letter;
}

function recordOf(letter: DeadLetterDetail): EncodedRecord {
  const { key, scope, payload } = letter;
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch {
    value = undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw AppError.conflict(
      `Dead letter '${letter.id}' is not a JSON object, so a replay would fail again. Discard it.`,
      'not_replayable',
    );
  }
  return fitting(wholeRecord(key ?? '', scope, JSON.stringify(value)));
}
