import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, testBroker, type TestDatabase, until } from '@assay/testing';
import { Logger } from '@nestjs/common';
import { ConfigResourceTypes, Kafka, type Admin } from 'kafkajs';
import { LogProcess } from '../contract/log-process.js';
import { notes, testTopic, type Note } from '../contract/test-topic.js';
import type { Topic } from '@assay/contracts';
import { KafkaLog } from './kafka-log.js';

const broker = testBroker();
/** An envelope without data. */
const envelopeOf = (topic: Topic, subject: string) => ({
  specversion: '1.0',
  id: randomUUID(),
  type: topic.type,
  source: '/assay/test',
  time: new Date().toISOString(),
  subject,
});
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

if ('skip' in broker) {
  // What only a broker can get wrong needs one.
  process.stderr.write(`The Kafka log under faults is skipped: ${broker.skip}.\n`);
  it.skip(`the Kafka log under faults: ${broker.skip}`, () => undefined);
} else {
  /** What only the Kafka log can get wrong: topics, gaps, the outbox over a broker. */
  describe('the Kafka log under faults', () => {
    const { brokers } = broker;
    let database: TestDatabase;
    let admin: Admin;
    let running: LogProcess[] = [];

    const processOf = async (...topics: Topic<Note>[]): Promise<LogProcess> => {
      const make = ({ pool, socket }: Parameters<ConstructorParameters<typeof LogProcess>[1]>[0]): KafkaLog =>
        new KafkaLog({ brokers, clientId: 'assay-test' }, pool, socket);
      const process = await new LogProcess(database.url, make, topics).start();
      running.push(process);
      return process;
    };
    const collect = (process: LogProcess, topic: Topic<Note>, group: string): number[] => {
      const seen: number[] = [];
      process.batch(topic, group, async (batch) => {
        await Promise.resolve();
        seen.push(...batch.records.map(({ envelope }) => envelope.data.n));
      });
      return seen;
    };

    beforeAll(async () => {
      Logger.overrideLogger(false);
      database = await createTestDatabase();
      admin = new Kafka({ brokers, clientId: 'spec', logCreator: () => () => undefined }).admin();
      await admin.connect();
    });
    afterEach(async () => {
      const ending = running;
      running = [];
      await Promise.all(ending.map((process) => process.close()));
    });
    afterAll(async () => {
      await admin.disconnect();
      await database.drop();
    });

    it('creates topics with their partitions, retention or compaction, and adds partitions later', async () => {
      const kept = testTopic(3, { kind: 'delete', hours: 5 });
      const compacted = testTopic(1, { kind: 'compact' });
      const process = await processOf(kept, compacted);
      const configOf = async (topic: Topic, name: string): Promise<string | undefined> => {
        const { resources } = await admin.describeConfigs({
          includeSynonyms: false,
          resources: [{ type: ConfigResourceTypes.TOPIC, name: topic.name, configNames: [name] }],
        });
        return resources[0]?.configEntries[0]?.configValue;
      };
      expect(await configOf(kept, 'retention.ms')).toBe('18000000');
      expect(await configOf(kept, 'cleanup.policy')).toBe('delete');
      expect(await configOf(compacted, 'cleanup.policy')).toBe('compact');
      expect(await process.admin.ends(kept)).toHaveLength(3);
      const grown = await processOf({ ...kept, partitions: 5 });
      await until(async () => (await grown.admin.ends(kept)).length === 5, 'it has five');
    });

    it('looks at the first of many pending records only, and tells whose they are by shares', async () => {
      const topic = testTopic(1);
      const process = await processOf(topic);
      for (let part = 0; part < 6; part += 1) {
        const scoped = notes(2_000, 1).map((note, index) => ({ ...note, scope: index % 4 === 0 ? 'b' : 'a' }));
        await process.producer.append(topic, scoped);
      }
      const pending = await process.admin.pendingByScope('nobody', topic);
      expect(Object.fromEntries(pending)).toEqual({ a: 9_000, b: 3_000 });
    });

    it('goes on at the earliest record when those before it were deleted', async () => {
      const topic = testTopic(1);
      const process = await processOf(topic);
      await process.producer.append(topic, notes(30, 1));
      const partitions = [{ partition: 0, offset: '10' }];
      await until(
        () =>
          admin.deleteTopicRecords({ topic: topic.name, partitions }).then(
            () => true,
            () => false,
          ),
        'the first ten are deleted',
      );
      const seen = collect(process, topic, 'gap');
      await process.pool.query(
        `INSERT INTO experimentation.consumer_offsets (group_id, topic, partition, next_offset) VALUES ('gap', $1, 0, 3)`,
        [topic.name],
      );
      process.listen();
      await until(() => seen.length === 20, '20 were seen');
      expect(seen).toEqual(upTo(20).map((index) => index + 10));
      expect((await process.admin.committed('gap', topic)).get(0)).toBe(30);
      expect((await process.admin.lag('gap', topic))[0]?.lag).toBe(0);
    });

    it('waits, and does not begin anew, when the stored offset lies beyond the end', async () => {
      const topic = testTopic(1);
      const process = await processOf(topic);
      await process.producer.append(topic, notes(5, 1));
      await process.pool.query(
        `INSERT INTO experimentation.consumer_offsets (group_id, topic, partition, next_offset) VALUES ('beyond', $1, 0, 8)`,
        [topic.name],
      );
      const seen = collect(process, topic, 'beyond');
      process.listen();
      await until(() => [...process.server.assignments().values()].flat().length === 1, 'it holds the partition');
      await process.producer.append(topic, notes(5, 1, 5));
      await until(() => seen.length > 0, 'what comes after is seen');
      expect(seen).toEqual([8, 9]);
    });

    it('relays the outbox, and replays a dead letter', async () => {
      const topic = testTopic(2);
      const process = await processOf(topic);
      let cursed = true;
      const seen: string[] = [];
      process.batch(topic, 'relay', async (batch) => {
        await Promise.resolve();
        if (cursed && batch.records.some(({ envelope }) => envelope.data.n === 3)) throw new Error('cursed');
        seen.push(...batch.records.map(({ key, envelope }) => `${key} ${envelope.data.n}`));
      });
      process.listen();
      process.relay.start();
      for (let n = 0; n < 6; n += 1) {
        await process.outbox.add(process.pool, topic, { key: 'definition', data: { n }, id: `id-${n}` });
      }
      await until(() => seen.length === 5, 'five were seen');
      expect(seen).toEqual([0, 1, 2, 4, 5].map((n) => `definition ${n}`));
      await until(async () => (await process.relay.backlog()).messages === 0, 'the outbox is empty');
      cursed = false;
      const { items } = await process.deadLetters.list({ topic: topic.name });
      expect(items).toMatchObject([{ key: 'definition', attempts: 3 }]);
      await process.deadLetters.replay(items[0]?.id ?? '');
      await until(() => seen.length === 6, 'it was seen');
      expect(seen[5]).toBe('definition 3');
    });

    it('relays in order from two processes at once, and sends again what may have been sent under the same ids', async () => {
      const topic = testTopic(1);
      const [first, second] = [await processOf(topic), await processOf(topic)];
      const reader = await processOf(topic);
      const seen: { id: string; n: number }[] = [];
      reader.batch(topic, 'two-relays', async (batch) => {
        await Promise.resolve();
        seen.push(...batch.records.map(({ envelope }) => ({ id: envelope.id, n: envelope.data.n })));
      });
      reader.listen();
      first.relay.start();
      second.relay.start();
      const newest = (): number => Math.max(-1, ...seen.map(({ n }) => n));
      const change = async (from: number, to: number): Promise<void> => {
        for (let n = from; n < to; n += 1) {
          await reader.outbox.add(reader.pool, topic, { key: 'flag', data: { n }, id: `id-${n}` });
        }
      };
      await change(0, 200);
      await until(() => newest() === 199, 'two hundred were seen');
      expect(seen.map(({ n }) => n)).toEqual(upTo(200));

      // Whoever sends at the moment loses the broker and the database before it hears that it was taken, again and again.
      const changing = change(200, 600);
      for (let round = 0; round < 6; round += 1) {
        for (const relaying of [first, second]) {
          await sleep(60);
          relaying.cut();
          await sleep(20);
          relaying.heal();
        }
      }
      await changing;
      await until(() => newest() === 599, 'the last was seen');
      await until(async () => (await reader.relay.backlog()).messages === 0, 'the outbox is empty');
      // What comes again is older than what a consumer has, which it knows by the version; what it has not seen yet is the next.
      let version = -1;
      for (const { id, n } of seen) {
        expect(id).toBe(`id-${n}`);
        expect(n).toBeLessThanOrEqual(version + 1);
        version = Math.max(version, n);
      }
      expect(version).toBe(599);
    });

    it('puts aside what the outbox has and no broker takes, and relays what comes after it', async () => {
      const topic = testTopic(1);
      const process = await processOf(topic);
      const seen = collect(process, topic, 'aside');
      process.listen();
      // Written before it was counted in bytes.
      const written = (text: string, n: number) =>
        process.pool.query(`INSERT INTO experimentation.outbox (topic, key, envelope) VALUES ($1, 'k', $2::jsonb)`, [
          topic.name,
          JSON.stringify({ ...envelopeOf(topic, 'k'), data: { n, text } }),
        ]);
      await written('ж'.repeat(600_000), 0);
      await written('', 1);
      process.relay.start();
      await until(() => seen.length === 1, 'what comes after it is seen');
      expect(seen).toEqual([1]);
      const { items } = await process.deadLetters.list({ topic: topic.name });
      expect(items).toMatchObject([{ group: 'outbox', key: 'k', code: 'payload_too_large', status: 'dead' }]);
      await expect(process.deadLetters.replay(items[0]?.id ?? '')).rejects.toMatchObject({ code: 'payload_too_large' });
    });

    it('sends a message without the blanks that the database puts into it', async () => {
      const topic = testTopic(1);
      const process = await processOf(topic);
      const seen = collect(process, topic, 'blanks');
      process.listen();
      const data = { n: 1, ones: Array.from({ length: 440_000 }, () => 1) };
      await process.outbox.add(process.pool, topic, { key: 'k', data });
      process.relay.start();
      await until(() => seen.length === 1, 'it is seen');
      expect((await process.deadLetters.list({ topic: topic.name })).total).toBe(0);
    });

    it('says within seconds that it cannot write when no broker is there', async () => {
      const topic = testTopic(1);
      const make = ({ pool }: { pool: LogProcess['pool'] }): KafkaLog =>
        new KafkaLog({ brokers: ['127.0.0.1:1'], clientId: 'away' }, pool);
      const away = new LogProcess(database.url, make, [topic]);
      running.push(away);
      const before = Date.now();
      await expect(away.producer.append(topic, notes(3))).rejects.toMatchObject({ kind: 'unavailable', retryAfter: 2 });
      await expect(away.producer.check()).rejects.toMatchObject({ kind: 'unavailable' });
      expect(Date.now() - before).toBeLessThan(10_000);
    });

    it('says so as soon where the broker has not said a word since the start', async () => {
      const topic = testTopic(1);
      const frozen = createServer().listen(0, '127.0.0.1');
      await once(frozen, 'listening');
      const { port } = frozen.address() as AddressInfo;
      const settings = { brokers: [`127.0.0.1:${port}`], clientId: 'away', sendMs: 100 };
      const away = new LogProcess(database.url, ({ pool }) => new KafkaLog(settings, pool), [topic]);
      running.push(away);
      const order: string[] = [];
      const told = (what: string, asked: Promise<void>) =>
        asked.catch((error: unknown) => {
          expect(error).toMatchObject({ kind: 'unavailable', retryAfter: 2 });
          order.push(what);
        });
      // That a topic cannot be made is given up on much later, as is any question of the kind.
      await Promise.all([
        told('asked', away.producer.check()),
        told('appended', away.producer.append(topic, notes(3))),
      ]);
      expect(order).toEqual(['appended', 'asked']);
      frozen.close();
    });
  });
}
