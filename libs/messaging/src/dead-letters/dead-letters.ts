import { AppError } from '@assay/contracts';
import { POOL } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import type pg from 'pg';
import { LOG_TRANSPORT } from '../log/log-tokens.js';
import type { EncodedRecord, LogTransport } from '../log/log-transport.js';
import { TopicRegistry } from '../log/topic-registry.js';

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
  readonly topic?: string;
  readonly group?: string;
  readonly scope?: string;
  readonly status?: DeadLetterStatus;
  /** Page size, 1 to 200 (default 50). */
  readonly limit?: number;
  /** `nextCursor` of the page before. */
  readonly cursor?: string;
}

const COLUMNS = `id, topic, partition, message_offset::float8 AS "offset", group_id AS "group", key, scope, error, error_code AS code,
  attempts, status, created_at AS "createdAt", updated_at AS "updatedAt"`;

/** The records that were put aside: look at them, send them again, or let them go. */
@Injectable()
export class DeadLetters {
  constructor(
    @Inject(POOL) private readonly pool: pg.Pool,
    @Inject(LOG_TRANSPORT) private readonly transport: LogTransport,
    private readonly topics: TopicRegistry,
  ) {}

  /** The newest first. */
  async list(filter: DeadLetterFilter = {}): Promise<{ items: DeadLetterSummary[]; nextCursor: string | null }> {
    const limit = filter.limit ?? 50;
    const { rows } = await this.pool.query<DeadLetterSummary>(
      `SELECT ${COLUMNS} FROM experimentation.dead_letters
       WHERE ($1::text IS NULL OR topic = $1) AND ($2::text IS NULL OR group_id = $2) AND ($3::text IS NULL OR scope = $3)
         AND ($4::text IS NULL OR status = $4) AND ($5::uuid IS NULL OR id < $5)
       ORDER BY id DESC LIMIT $6`,
      [filter.topic, filter.group, filter.scope, filter.status, filter.cursor, limit + 1],
    );
    const items = rows.slice(0, limit);
    return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  /** @throws AppError `not_found`. */
  async show(id: string): Promise<DeadLetterDetail> {
    const { rows } = await this.pool.query<DeadLetterDetail>(
      `SELECT ${COLUMNS}, payload FROM experimentation.dead_letters WHERE id = $1`,
      [id],
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
   * @throws AppError `not_found`; `conflict` when it is not dead any more, or is not JSON and would only fail again.
   */
  async replay(id: string): Promise<void> {
    await this.settle(id, 'replayed', async (client, letter) => {
      const topic = this.topics.find(letter.topic);
      if (topic === undefined) throw AppError.conflict(`Topic '${letter.topic}' is not known here.`, 'unknown_topic');
      const record = recordOf(letter);
      if (this.transport.appendWithin === undefined) await this.transport.append(topic, [record]);
      else await this.transport.appendWithin(client, topic, [record]);
    });
  }

  /** Marks the record as done with. @throws AppError `not_found`, `conflict`. */
  async discard(id: string): Promise<void> {
    await this.settle(id, 'discarded', () => Promise.resolve());
  }

  private async settle(
    id: string,
    status: DeadLetterStatus,
    act: (client: pg.PoolClient, letter: DeadLetterDetail) => Promise<void>,
  ): Promise<void> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      const { rows } = await client.query<DeadLetterDetail>(
        `SELECT ${COLUMNS}, payload FROM experimentation.dead_letters WHERE id = $1 FOR UPDATE`,
        [id],
      );
      const [letter] = rows;
      if (letter === undefined) throw AppError.notFound('Dead letter', id);
      if (letter.status !== 'dead')
        throw AppError.conflict(`Dead letter '${id}' has already been ${letter.status}.`, 'already_settled');
      await act(client, letter);
      await client.query('UPDATE experimentation.dead_letters SET status = $2, updated_at = now() WHERE id = $1', [
        id,
        status,
      ]);
      await client.query('COMMIT');
      client.release();
    } catch (error) {
      await client.query('ROLLBACK').then(
        () => client.release(),
        () => client.release(true),
      );
      throw error;
    }
  }
}

function recordOf(letter: DeadLetterDetail): EncodedRecord {
  const { key, scope, payload } = letter;
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch {
    throw AppError.conflict(
      `Dead letter '${letter.id}' is not JSON, so a replay would fail again. Discard it.`,
      'not_replayable',
    );
  }
  return { key: key ?? '', scope, json: JSON.stringify(value) };
}
