import { createTestDatabase, testBroker, type TestDatabase, until } from '@assay/testing';
import { Logger } from '@nestjs/common';
import { ConfigResourceTypes, Kafka, type Admin } from 'kafkajs';
import { LogProcess } from '../contract/log-process.js';
import { notes, testTopic, type Note } from '../contract/test-topic.js';
import type { Topic } from '@assay/contracts';
import { KafkaLog } from './kafka-log.js';

const broker = testBroker();
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
  });
}
