import { Kafka } from 'kafkajs';
import { describeLog } from '../contract/log-contract.js';
import { testBroker } from '@assay/testing';
import { KafkaLog } from './kafka-log.js';

const broker = testBroker();

if ('skip' in broker) {
  // Needs a broker: the contract of the log is tested on PostgreSQL in any case.
  process.stderr.write(`The Kafka log is skipped: ${broker.skip}. Set KAFKA_BROKERS to test it on another broker.\n`);
  it.skip(`the Kafka log: ${broker.skip}`, () => undefined);
} else {
  const { brokers } = broker;
  // Ours allows a short one, which makes takeovers quick to test.
  const sessionTimeoutMs = process.env['KAFKA_BROKERS'] === undefined ? 2_000 : 6_000;
  const producer = new Kafka({ brokers, clientId: 'raw', logCreator: () => () => undefined }).producer();

  beforeAll(() => producer.connect());
  afterAll(() => producer.disconnect());

  describeLog('Kafka', () =>
    Promise.resolve({
      make: ({ pool, socket }) =>
        new KafkaLog({ brokers, clientId: 'assay-test', sessionTimeoutMs, sendMs: 20_000 }, pool, socket),
      async appendRaw(_process, topic, text) {
        await producer.send({ topic: topic.name, acks: -1, messages: [{ key: 'raw', value: text, partition: 0 }] });
      },
    }),
  );
}
