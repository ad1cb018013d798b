import { brokersOrSkip, until } from '@assay/testing';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The part of the program that is used here. */
interface KafkaCluster {
  readonly brokers: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  stopNode(id: number, options: { kill: boolean }): Promise<void>;
}
interface Program {
  readonly KafkaCluster: new (options: { data: string; nodes: number }) => KafkaCluster;
}

const TOPIC = 'three-copies';

// Three nodes of its own, so it needs the programs of a broker; why there are none is printed.
(brokersOrSkip('the tests of three nodes') === undefined ? describe.skip : describe)('three nodes', () => {
  let data: string;
  let cluster: KafkaCluster;
  let kafka: Kafka;
  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), 'assay-kafka-'));
    const path = './cluster.mjs';
    const program = (await import(path)) as Program;
    cluster = new program.KafkaCluster({ data, nodes: 3 });
    await cluster.start();
    kafka = new Kafka({ brokers: cluster.brokers.split(','), clientId: 'three', logLevel: logLevel.NOTHING });
  });
  afterAll(async () => {
    await cluster.stop();
    rmSync(data, { recursive: true, force: true, maxRetries: 5 });
  });

  it('keep what all of them have acknowledged, and go on taking it, when one is killed', async () => {
    const admin = kafka.admin();
    await admin.connect();
    const copies = [{ topic: TOPIC, numPartitions: 1, replicationFactor: 3 }];
    await admin.createTopics({ topics: copies, waitForLeaders: true });
    const partition = async () => (await admin.fetchTopicMetadata({ topics: [TOPIC] })).topics[0]?.partitions[0];
    await until(async () => (await partition())?.isr.length === 3, 'all three have a copy');
    const leader = (await partition())?.leader ?? 0;

    const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, retry: { retries: 20 } });
    await producer.connect();
    await send(producer, 0, 50);
    await cluster.stopNode(leader, { kill: true });
    await send(producer, 50, 100);
    expect((await partition())?.leader).not.toBe(leader);
    await producer.disconnect();
    await admin.disconnect();

    const seen: number[] = [];
    const consumer = kafka.consumer({ groupId: 'three', retry: { retries: 20 } });
    await consumer.connect();
    await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message }) => void seen.push(await Promise.resolve(Number(message.value))),
    });
    await until(() => seen.length >= 100, 'all are read');
    expect(seen).toEqual(Array.from({ length: 100 }, (_, n) => n));
    await consumer.disconnect();
  });
});

async function send(producer: Producer, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n += 10) {
    const messages = Array.from({ length: 10 }, (_, index) => ({ key: 'k', value: String(n + index) }));
    await producer.send({ topic: TOPIC, acks: -1, messages });
  }
}
