import { setTimeout as sleep } from 'node:timers/promises';
import { POOL } from '@assay/platform';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type pg from 'pg';
import { v7 } from 'uuid';
import { backoffMs, errorText } from '../consumer/failure-policy.js';
import { LOG_TRANSPORT } from '../log/log-tokens.js';
import { wholeRecord } from '../log/encoded-record.js';
import type { EncodedRecord, LogTransport } from '../log/log-transport.js';
import { fitting } from '../log/record-size.js';
import { Signal } from '../log/signal.js';
import { TopicRegistry } from '../log/topic-registry.js';
import { lockKey } from '../postgres/leases.js';
import { PgSession } from '../postgres/pg-session.js';

const POLL_MS = 1_000;
const AT_ONCE = 500;
/** Of one transaction: it has to be sent within seconds, and lies in memory meanwhile. */
const BYTES_AT_ONCE = 4_194_304;

const OLDEST = `SELECT id, topic, key, scope, json, found FROM (
  SELECT *, count(*) OVER ()::int AS found, row_number() OVER age AS place, sum(octet_length(json)) OVER age AS bytes FROM (
    SELECT id, topic, key, scope, envelope::text AS json FROM experimentation.outbox
    WHERE topic = ANY ($1::text[]) ORDER BY id LIMIT $2) AS oldest
  WINDOW age AS (ORDER BY id)) AS counted
WHERE place = 1 OR bytes <= $3 ORDER BY id`;

interface Row {
  readonly id: string;
  readonly topic: string;
  readonly key: string;
  readonly scope: string | null;
  readonly json: string;
  /** How many wait, of those that are looked at. */
  readonly found: number;
}

/** What can never be sent must not hold back what comes after it. */
const PUT_ASIDE = `INSERT INTO experimentation.dead_letters
  (id, topic, partition, message_offset, group_id, key, scope, payload, error, error_code)
VALUES ($1, $2, 0, $3, 'outbox', $4, $5, $6, $7, $8)`;

/** Messages that wait in the outbox. */
export interface OutboxBacklog {
  readonly messages: number;
  /** Age of the oldest, 0 when there is none. */
  readonly ageSeconds: number;
}

/**
 * Publishes the outbox in the order of its ids, one process at a time. With the log in PostgreSQL, reading, appending and
 * deleting are one transaction: exactly once. With Kafka a crash between sending and deleting sends again, with the same ids.
 */
@Injectable()
export class OutboxRelay {
  private readonly logger = new Logger('outbox');
  private readonly bell = new Signal();
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    @Inject(LOG_TRANSPORT) private readonly transport: LogTransport,
    @Inject(POOL) private readonly pool: pg.Pool,
    private readonly session: PgSession,
    private readonly topics: TopicRegistry,
  ) {}

  start(): void {
    this.session.listen('assay_outbox', () => this.bell.ring());
    this.session.onUp(() => this.bell.ring());
    this.running ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.bell.ring();
    await this.running;
  }

  async backlog(): Promise<OutboxBacklog> {
    const { rows } = await this.pool.query<{ messages: string; age: number | null }>(
      `SELECT count(*) AS messages, extract(epoch FROM clock_timestamp() - min(created_at))::float8 AS age FROM experimentation.outbox`,
    );
    return { messages: Number(rows[0]?.messages ?? 0), ageSeconds: Math.max(0, rows[0]?.age ?? 0) };
  }

  private async run(): Promise<void> {
    let failures = 0;
    while (!this.stopping.signal.aborted) {
      try {
        while ((await this.publish()) && !this.stopping.signal.aborted);
        failures = 0;
        await this.bell.wait(POLL_MS);
      } catch (error) {
        failures += 1;
        if (failures === 1 && !this.stopping.signal.aborted) {
          this.logger.warn(
            { err: error instanceof Error ? error.message : String(error) },
            'the outbox cannot be relayed right now',
          );
        }
        const pause = backoffMs({ baseMs: 200, capMs: 5_000 }, failures, Math.random());
        await sleep(pause, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      }
    }
  }

  /** Publishes the oldest messages; tells whether more wait, which is not asked when another process is at it. */
  private async publish(): Promise<boolean> {
    const client = await this.pool.connect();
    try {
      await client.query(`BEGIN; SET LOCAL idle_in_transaction_session_timeout = '15s'`);
      const rows = await this.oldest(client);
      if (rows.length > 0) {
        await this.send(client, rows);
        await client.query('DELETE FROM experimentation.outbox WHERE id = ANY ($1::bigint[])', [
          rows.map(({ id }) => id),
        ]);
      }
      await client.query('COMMIT');
      client.release();
      const found = rows[0]?.found ?? 0;
      return found === AT_ONCE || found > rows.length;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  private async oldest(client: pg.PoolClient): Promise<Row[]> {
    const lock = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS mine', [
      lockKey('outbox'),
    ]);
    if (lock.rows[0]?.mine !== true) return [];
    const { rows } = await client.query<Row>(OLDEST, [this.topics.names, AT_ONCE, BYTES_AT_ONCE]);
    return rows;
  }

  private async send(client: pg.PoolClient, rows: readonly Row[]): Promise<void> {
    const byTopic = new Map<string, EncodedRecord[]>();
    for (const row of rows) {
      const record = await this.recordOf(client, row);
      if (record === undefined) continue;
      const records = byTopic.get(row.topic) ?? [];
      records.push(record);
      byTopic.set(row.topic, records);
    }
    // Sorted, because each append locks the partitions of its topic.
    for (const [name, records] of [...byTopic].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const topic = this.topics.find(name);
      if (topic === undefined) continue;
      if (this.transport.appendWithin === undefined) await this.transport.append(topic, records);
      else await this.transport.appendWithin(client, topic, records);
    }
  }

  /** As it was written: the database's own form has blanks, with which it might be too long. One that is too long is put aside. */
  private async recordOf(
    client: pg.PoolClient,
    { id, topic, key, scope, json }: Row,
  ): Promise<EncodedRecord | undefined> {
    try {
      return fitting(wholeRecord(key, scope, JSON.stringify(JSON.parse(json))));
    } catch (error) {
      const { message, code } = errorText(error);
      this.logger.error({ topic, err: message }, 'a message of the outbox was put aside as a dead letter');
      await client.query(PUT_ASIDE, [v7(), topic, id, key, scope, json, message, code]);
      return undefined;
    }
  }
}
