import { Kafka, logLevel, type Producer } from 'kafkajs';
import { randomBytes } from 'node:crypto';
import { timed } from '../report.js';

const TOPIC = 'bench.bare';
const IN_FLIGHT = 4;
const BATCH = 1_000;
const TRIES_AGAIN = 3;
const OUT_OF_ORDER = 'OUT_OF_ORDER_SEQUENCE_NUMBER';

/** Bytes of an average message that ingestion has written, key and envelope. */
export async function messageSize(brokers: string, topic: string): Promise<number> {
  const kafka = clientOf(brokers);
  const consumer = kafka.consumer({ groupId: `bench.${randomBytes(4).toString('hex')}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let bytes = 0;
  let messages = 0;
  await new Promise<void>((resolve, reject) => {
    const run = consumer.run({
      eachBatch: ({ batch }) => {
        for (const { key, value } of batch.messages) bytes += (key?.length ?? 0) + (value?.length ?? 0);
        messages += batch.messages.length;
        if (messages >= BATCH) resolve();
        return Promise.resolve();
      },
    });
    run.catch(reject);
  });
  await consumer.disconnect();
  return bytes / messages;
}

/** Messages a second of a kafkajs producer and nothing around it: idempotent, acks=all, 1,000 a send, four sends in flight. */
export async function bareProducerRate(
  brokers: string,
  size: number,
  count: number,
  partitions: number,
): Promise<number> {
  const kafka = clientOf(brokers);
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: partitions }], waitForLeaders: true });
  // Half of it repeats from message to message, as names of fields do.
  const shape = 'x'.repeat(Math.floor(size / 2));
  const values = Array.from({ length: BATCH }, () => shape + randomBytes(Math.ceil(size / 4)).toString('hex'));
  let rate = await rateOf(kafka, values, count);
  for (let again = 0; rate === undefined && again < TRIES_AGAIN; again += 1) rate = await rateOf(kafka, values, count);
  if (rate === undefined) throw new Error('the bare producer got its own requests out of order each time');
  await admin.deleteTopics({ topics: [TOPIC] });
  await admin.disconnect();
  return rate;
}

/** With several requests in flight and one of them sent again, kafkajs loses count of its own sequence: undefined then. */
async function rateOf(kafka: Kafka, values: readonly string[], count: number): Promise<number | undefined> {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: IN_FLIGHT });
  await producer.connect();
  try {
    await send(producer, values, 20_000);
    const [, took] = await timed(() => send(producer, values, count));
    return (count / took) * 1_000;
  } catch (error) {
    if (error instanceof Error && 'type' in error && error.type === OUT_OF_ORDER) return undefined;
    throw error;
  } finally {
    await producer.disconnect();
  }
}

async function send(producer: Producer, values: readonly string[], count: number): Promise<void> {
  let left = count / BATCH;
  const one = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const messages = values.map((value, index) => ({ key: `user-${(left * BATCH + index) % 50_000}`, value }));
      await producer.send({ topic: TOPIC, acks: -1, messages });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, one));
}

export const clientOf = (brokers: string): Kafka =>
  new Kafka({ clientId: 'bench', brokers: brokers.split(','), logLevel: logLevel.NOTHING });
