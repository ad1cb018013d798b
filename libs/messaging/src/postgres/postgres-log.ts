import { AppError, type Topic } from '@assay/contracts';
import pg from 'pg';
import { unavailable } from '../consumer/failure-policy.js';
import { OffsetStore } from '../consumer/offset-store.js';
import { GroupCommit, type Append } from '../log/group-commit.js';
import type {
  EncodedRecord,
  LogTransport,
  PartitionEnds,
  RawRecord,
  Running,
  RunningConsumer,
  Subscription,
} from '../log/log-transport.js';
import type { SqlClient } from '../log/transaction.js';
import { appendStatements, type Statement } from './append-statement.js';
import { Leases } from './leases.js';
import { connectionOf, keepAlive } from './pool-connection.js';
import type { PgSession } from './pg-session.js';
import { PostgresConsumer } from './postgres-consumer.js';
import { PostgresTail } from './postgres-tail.js';
import { retainPostgres } from './retain.js';

/** An append that takes longer than this counts as failed; the caller must hear it within five seconds. */
const APPEND_TIMEOUT_MS = 4_000;

/** The log as tables of PostgreSQL: `log_batches` holds the records, `log_partitions` gives out their offsets. */
export class PostgresLog implements LogTransport {
  readonly kind = 'postgres';
  private readonly writer: pg.Pool;
  private readonly commits: GroupCommit;
  private readonly leases: Leases;
  private readonly offsets: OffsetStore;
  private readonly listeners = new Map<string, Set<() => void>>();

  constructor(
    private readonly pool: pg.Pool,
    private readonly session: PgSession,
  ) {
    // A connection of its own: appends do not queue behind handlers, and may be given up without harm to others.
    this.writer = keepAlive(
      new pg.Pool({
        ...connectionOf(pool),
        max: 1,
        query_timeout: APPEND_TIMEOUT_MS,
        connectionTimeoutMillis: 3_000,
      }),
    );
    this.commits = new GroupCommit((appends) => this.write(appends));
    this.leases = new Leases(session);
    this.offsets = new OffsetStore(pool);
  }

  async start(): Promise<void> {
    this.session.listen('assay_log', (topic) => this.wake(this.listeners.get(topic) ?? []));
    this.session.onUp(() => this.wake([...this.listeners.values()].flatMap((listeners) => [...listeners])));
    this.leases.start();
    await Promise.resolve();
  }

  async stop(): Promise<void> {
    await this.leases.stop();
    await this.writer.end();
  }

  async check(): Promise<void> {
    try {
      await this.writer.query('SELECT 1');
    } catch (error) {
      throw unavailable(error) ?? AppError.unavailable('The log cannot be reached right now.', 2, error);
    }
  }

  async ensureTopics(topics: readonly Topic[]): Promise<void> {
    for (const topic of topics) {
      await this.pool.query(
        `INSERT INTO experimentation.log_partitions (topic, partition, next_offset)
         SELECT $1, partition, 0 FROM generate_series(0, $2::int - 1) AS partition ON CONFLICT DO NOTHING`,
        [topic.name, topic.partitions],
      );
    }
  }

  append(topic: Topic, records: readonly EncodedRecord[]): Promise<void> {
    if (records.length === 0) return Promise.resolve();
    return this.commits.append({ topic: topic.name, partitions: topic.partitions, records });
  }

  async appendWithin(client: SqlClient, topic: Topic, records: readonly EncodedRecord[]): Promise<void> {
    const append = { topic: topic.name, partitions: topic.partitions, records };
    for (const { text, values } of appendStatements([append])) await client.query(text, values);
  }

  consume(subscription: Subscription): RunningConsumer {
    const { pool, leases, offsets } = this;
    return new PostgresConsumer(subscription, { pool, leases, offsets, onAppend: this.onAppend });
  }

  async tail(topic: Topic, deliver: (partition: number, record: RawRecord) => Promise<void>): Promise<Running> {
    const positions = new Map((await this.ends(topic)).map(({ partition, next }) => [partition, next]));
    return new PostgresTail(this.pool, topic.name, positions, deliver, this.onAppend);
  }

  async ends(topic: Topic): Promise<PartitionEnds[]> {
    const { rows } = await this.pool.query<{ partition: number; next: string; earliest: string | null }>(
      `SELECT s.partition, coalesce(p.next_offset, 0) AS next,
         (SELECT min(base_offset) FROM experimentation.log_batches b WHERE b.topic = $1 AND b.partition = s.partition) AS earliest
       FROM generate_series(0, $2::int - 1) AS s(partition)
       LEFT JOIN experimentation.log_partitions p ON p.topic = $1 AND p.partition = s.partition ORDER BY 1`,
      [topic.name, topic.partitions],
    );
    return rows.map(({ partition, next, earliest }) => ({
      partition,
      earliest: Number(earliest ?? next),
      next: Number(next),
    }));
  }

  async countByScope(topic: Topic, from: ReadonlyMap<number, number>): Promise<Map<string, number>> {
    const { rows } = await this.pool.query<{ scope: string; records: string }>(
      `SELECT coalesce(b.scope, '') AS scope, sum(b.base_offset + b.record_count - greatest(b.base_offset, f.position)) AS records
       FROM unnest($2::int[], $3::bigint[]) AS f(partition, position)
       JOIN experimentation.log_batches b ON b.topic = $1 AND b.partition = f.partition AND b.base_offset >= coalesce(
         (SELECT max(base_offset) FROM experimentation.log_batches
          WHERE topic = $1 AND partition = f.partition AND base_offset <= f.position), f.position)
       WHERE b.base_offset + b.record_count > f.position
       GROUP BY 1`,
      [topic.name, [...from.keys()], [...from.values()]],
    );
    return new Map(rows.map(({ scope, records }) => [scope, Number(records)]));
  }

  retain(topics: readonly Topic[]): Promise<number> {
    return retainPostgres(this.pool, topics);
  }

  private async write(appends: readonly Append[]): Promise<void> {
    try {
      const statements = appendStatements(appends);
      const [only] = statements;
      if (statements.length === 1 && only !== undefined) await this.writer.query(only);
      else await this.writeTogether(statements);
    } catch (error) {
      const timedOut = error instanceof Error && /query read timeout/i.test(error.message);
      if (timedOut) throw AppError.unavailable('The log did not answer in time.', 2, error);
      throw unavailable(error) ?? error;
    }
  }

  private async writeTogether(statements: readonly Statement[]): Promise<void> {
    const client = await this.writer.connect();
    try {
      await client.query('BEGIN');
      for (const statement of statements) await client.query(statement);
      await client.query('COMMIT');
      client.release();
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  private readonly onAppend = (topic: string, listener: () => void): (() => void) => {
    const listeners = this.listeners.get(topic) ?? new Set();
    this.listeners.set(topic, listeners.add(listener));
    return () => listeners.delete(listener);
  };

  private wake(listeners: Iterable<() => void>): void {
    for (const listener of listeners) listener();
  }
}
