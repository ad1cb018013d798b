import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase, until } from '@assay/testing';
import { Logger } from '@nestjs/common';
import pg from 'pg';
import { wholeRecord } from '../log/encoded-record.js';
import type { EncodedRecord } from '../log/log-transport.js';
import { LogProcess } from '../contract/log-process.js';
import { notes, testTopic, type Note } from '../contract/test-topic.js';
import { keepAlive } from './pool-connection.js';
import { PostgresLog } from './postgres-log.js';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** What only the PostgreSQL log can get wrong: transactions in flight, lost sessions, the tables' upkeep. */
describe('the PostgreSQL log under faults', () => {
  let database: TestDatabase;
  let admin: pg.Pool;
  let running: LogProcess[] = [];

  const processOf = async (...topics: ReturnType<typeof testTopic>[]): Promise<LogProcess> => {
    const process = await new LogProcess(
      database.url,
      ({ pool, session }) => new PostgresLog(pool, session),
      topics,
    ).start();
    running.push(process);
    return process;
  };
  const collect = (process: LogProcess, topic: ReturnType<typeof testTopic>, group: string): number[] => {
    const seen: number[] = [];
    process.batch(topic, group, async (batch) => {
      await Promise.resolve();
      seen.push(...batch.records.map(({ envelope }) => envelope.data.n));
    });
    return seen;
  };
  const encoded = (type: string, list: { key: string; data: Note }[]): EncodedRecord[] =>
    list.map(({ key, data }) => {
      const envelope = { specversion: '1.0', id: `${data.n}`, type, source: 's', time: 't', subject: key, data };
      return wholeRecord(key, null, JSON.stringify(envelope));
    });

  beforeAll(async () => {
    Logger.overrideLogger(false);
    database = await createTestDatabase();
    admin = keepAlive(new pg.Pool({ connectionString: database.url }));
  });
  afterEach(async () => {
    const ending = running;
    running = [];
    await Promise.all(ending.map((process) => process.close()));
  });
  afterAll(async () => {
    await admin.end();
    await database.drop();
  });

  it('skips nothing while slow transactions with records are open, whether they commit or roll back', async () => {
    const topic = testTopic(2);
    const process = await processOf(topic);
    const seen = collect(process, topic, 'slow');
    process.listen();
    const slow = async (list: { key: string; data: Note }[], ms: number, end: 'COMMIT' | 'ROLLBACK'): Promise<void> => {
      const client = await admin.connect();
      await client.query('BEGIN');
      await process.transport.appendWithin?.(client, topic, encoded(topic.type, list));
      await sleep(ms);
      await client.query(end);
      client.release();
    };
    await Promise.all([
      slow(notes(10, 10, 0), 300, 'COMMIT'),
      slow(notes(10, 10, 1_000), 200, 'ROLLBACK'),
      slow(notes(10, 10, 10), 100, 'COMMIT'),
      ...upTo(30).map(async (index) => {
        await sleep(index * 15);
        await process.producer.append(topic, notes(2, 10, 20 + index * 2));
      }),
    ]);
    await until(() => seen.length >= 80, 'all that was committed was seen');
    expect([...seen].sort((a, b) => a - b)).toEqual(upTo(80));
    for (const { earliest, next } of await process.admin.ends(topic)) {
      const { rows } = await admin.query<{ records: number }>(
        'SELECT sum(record_count)::int AS records FROM experimentation.log_batches WHERE topic = $1 GROUP BY partition HAVING sum(record_count) = $2',
        [topic.name, next - earliest],
      );
      expect(rows.length).toBeGreaterThan(0);
    }
  });

  it('does not deadlock when appends touch the same partitions in different order', async () => {
    const [left, right] = [testTopic(8), testTopic(8)];
    const writers = await Promise.all(upTo(4).map(() => processOf(left, right)));
    await Promise.all(
      writers.flatMap((writer, index) =>
        upTo(60).map((step) =>
          writer.producer.append((index + step) % 2 === 0 ? left : right, notes(20, 20, step * 7)),
        ),
      ),
    );
    const total = async (topic: typeof left): Promise<number> =>
      (await writers[0]?.admin.ends(topic))?.reduce((sum, { next }) => sum + next, 0) ?? 0;
    expect((await total(left)) + (await total(right))).toBe(4 * 60 * 20);
  });

  it('comes back after its sessions were cut, and misses nothing', async () => {
    const topic = testTopic(4);
    const process = await processOf(topic);
    const seen = collect(process, topic, 'cut');
    const tailed: number[] = [];
    process.listen();
    await process.tail.subscribe(topic, ({ envelope }) => void tailed.push(envelope.data.n));
    let from = 0;
    for (let cut = 0; cut < 3; cut += 1) {
      await process.producer.append(topic, notes(20, 20, from));
      from += 20;
      await admin.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      );
      await until(
        () =>
          process.producer.check().then(
            () => true,
            () => false,
          ),
        'it can be written to again',
      );
    }
    await process.producer.append(topic, notes(20, 20, from));
    await until(() => new Set(seen).size === 80, 'all were handled');
    await until(() => new Set(tailed).size === 80, 'all were tailed');
    expect(tailed).toHaveLength(80);
  });

  it('takes over the partitions of a process that is frozen with its connections open', async () => {
    const topic = testTopic(2);
    const [frozen, other] = [await processOf(topic), await processOf(topic)];
    collect(frozen, topic, 'frozen');
    frozen.listen();
    await until(() => [...frozen.server.assignments().values()].flat().length === 2, 'it has both');
    const seen = collect(other, topic, 'frozen');
    other.listen();
    await until(() => [...other.server.assignments().values()].flat().length === 1, 'they share');
    // What a stopped process does: its session stays open and says nothing more.
    await frozen.session.query(`SET idle_session_timeout = '500ms'`);
    const stuck: ((error: Error) => void)[] = [];
    Object.assign(frozen.session, { query: () => new Promise((_, reject) => stuck.push(reject)) });
    await other.producer.append(topic, notes(40));
    await until(() => [...other.server.assignments().values()].flat().length === 2, 'the other has both', 10_000);
    await until(async () => {
      const lag = await other.admin.lag('frozen', topic);
      return lag.every((each) => each.lag === 0);
    }, 'all were handled');
    expect(seen.length).toBeGreaterThan(0);
    Reflect.deleteProperty(frozen.session, 'query');
    for (const reject of stuck) reject(new Error('killed'));
    frozen.kill();
  });

  it('relays the outbox once, in order per key, with two relays at work', async () => {
    const topic = testTopic(4);
    const [one, two] = [await processOf(topic), await processOf(topic)];
    const seen = new Map<string, number[]>();
    one.batch(topic, 'outbox', async (batch) => {
      await Promise.resolve();
      for (const { key, envelope } of batch.records) seen.set(key, [...(seen.get(key) ?? []), envelope.data.n]);
    });
    one.listen();
    one.relay.start();
    two.relay.start();
    const counters = new Map<string, number>();
    await Promise.all(
      upTo(200).map(async (index) => {
        const key = `key-${index % 5}`;
        const client = await admin.connect();
        await client.query('BEGIN');
        await sleep(Math.random() * 5);
        // The lock of the key is taken in here, so the number below is given in the order of commits.
        await one.outbox.add(client, topic, { key, data: { n: 0 } });
        const n = (counters.get(key) ?? 0) + 1;
        counters.set(key, n);
        await client.query(
          `UPDATE experimentation.outbox SET envelope = jsonb_set(envelope, '{data,n}', to_jsonb($2::int)) WHERE id = (SELECT max(id) FROM experimentation.outbox WHERE key = $1)`,
          [key, n],
        );
        await sleep(Math.random() * 5);
        await client.query('COMMIT');
        client.release();
      }),
    );
    await until(() => [...seen.values()].flat().length >= 200, 'all were published');
    for (const order of seen.values()) expect(order).toEqual(upTo(40).map((index) => index + 1));
    await until(async () => (await one.relay.backlog()).messages === 0, 'the outbox is empty');
    expect(await two.relay.backlog()).toEqual({ messages: 0, ageSeconds: 0 });
  });

  it('deletes what is old and handled by every group, and nothing else', async () => {
    const [topic, compacted] = [testTopic(1), testTopic(1, { kind: 'compact' })];
    const process = await processOf(topic, compacted);
    const age = `UPDATE experimentation.log_batches SET created_at = now() - interval '2 hours' WHERE topic = $1 AND base_offset < $2`;
    for (const each of [topic, compacted]) {
      for (let index = 0; index < 4; index += 1) await process.producer.append(each, notes(5, 1, index * 5));
      await admin.query(age, [each.name, 15]);
    }
    await admin.query(
      `INSERT INTO experimentation.consumer_offsets (group_id, topic, partition, next_offset) VALUES ('fast', $1, 0, 20), ('slow', $1, 0, 12)`,
      [topic.name],
    );
    expect(await process.admin.retain()).toBe(10);
    expect(await process.admin.ends(topic)).toEqual([{ partition: 0, earliest: 10, next: 20 }]);
    expect(await process.admin.ends(compacted)).toEqual([{ partition: 0, earliest: 0, next: 20 }]);
    await process.admin.forgetGroup('slow', topic);
    expect(await process.admin.retain()).toBe(5);
    const seen = collect(process, topic, 'late');
    process.listen();
    await until(() => seen.length === 5, 'the rest was seen');
    expect(seen).toEqual([15, 16, 17, 18, 19]);
  });

  it('goes on at the earliest record when those before it were deleted', async () => {
    const topic = testTopic(1);
    const process = await processOf(topic);
    for (let index = 0; index < 4; index += 1) await process.producer.append(topic, notes(5, 1, index * 5));
    await admin.query(
      `INSERT INTO experimentation.consumer_offsets (group_id, topic, partition, next_offset) VALUES ('gap', $1, 0, 3)`,
      [topic.name],
    );
    await admin.query('DELETE FROM experimentation.log_batches WHERE topic = $1 AND base_offset < 10', [topic.name]);
    const seen = collect(process, topic, 'gap');
    process.listen();
    await until(() => seen.length === 10, 'the rest was seen');
    await until(async () => (await process.admin.committed('gap', topic)).get(0) === 20, 'the offset was stored');
    expect(await process.admin.pendingByScope('gap', topic)).toEqual(new Map());
  });

  it('says within seconds that it cannot write when the database is away', async () => {
    const topic = testTopic(1);
    const away = new LogProcess(
      'postgresql://nobody@127.0.0.1:1/none',
      ({ pool, session }) => new PostgresLog(pool, session),
      [topic],
    );
    running.push(away);
    await away.session.start();
    await away.transport.start();
    const before = Date.now();
    const tries = upTo(10).map(() => away.producer.append(topic, notes(3)));
    for (const each of await Promise.allSettled(tries)) {
      expect(each).toMatchObject({ status: 'rejected', reason: { kind: 'unavailable', retryAfter: 2 } });
    }
    expect(Date.now() - before).toBeLessThan(5_000);
    await expect(away.producer.check()).rejects.toMatchObject({ kind: 'unavailable' });
  });
});
