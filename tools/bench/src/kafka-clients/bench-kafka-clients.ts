import { testBroker } from '@assay/testing';
import kafkajs from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { perSecond, printTable, timed, type Measured } from '../report.js';
import type { Client, Message } from './client.js';
import { kafkajsClient } from './kafkajs-client.js';
import { platformaticClient } from './platformatic-client.js';

const MESSAGES = 200_000;
const PER_SEND = 500;
const IN_FLIGHT = [1, 4];
const PARTITIONS = 8;

/**
 * kafkajs and @platformatic/kafka behind one interface on the same broker: events of the size ours have, 500 per send,
 * acknowledged by all replicas, then read and parsed. Each client goes first once, so that warming up favours neither.
 */
export async function benchKafkaClients(): Promise<void> {
  const broker = testBroker();
  if ('skip' in broker) {
    console.error(`There is no Kafka here: ${broker.skip}`);
    process.exitCode = 1;
    return;
  }
  const clients = [kafkajsClient(broker.brokers), platformaticClient(broker.brokers)];
  const messages = makeMessages();
  const best = new Map<string, number>();
  const keep = (key: string, rate: number): void => void best.set(key, Math.max(rate, best.get(key) ?? 0));
  for (const order of [clients, [...clients].reverse()]) {
    for (const client of order) {
      console.log(`  ${client.name} …`);
      for (const inFlight of IN_FLIGHT) {
        const topic = await newTopic(broker.brokers);
        keep(`${client.name}/send/${inFlight}`, await sendRate(client, topic, messages, inFlight));
        if (inFlight === 1) continue;
        const [, took] = await timed(() => client.consume(topic, `bench-${randomUUID()}`, MESSAGES));
        keep(`${client.name}/read`, (MESSAGES / took) * 1_000);
      }
    }
  }
  const size = messages[0]?.value.length ?? 0;
  printTable(`Kafka clients: ${MESSAGES.toLocaleString('en')} messages of ${size} characters, best of two`, rows(best));
}

function rows(best: ReadonlyMap<string, number>): Measured[] {
  const compare = (what: string, key: string): Measured[] => {
    const ours = best.get(`kafkajs/${key}`) ?? Number.NaN;
    const other = best.get(`@platformatic/kafka/${key}`) ?? Number.NaN;
    return [
      { what: `${what}: kafkajs`, value: perSecond(ours), target: '', ok: null },
      {
        what: `${what}: @platformatic/kafka`,
        value: `${perSecond(other)} = ${(other / ours).toFixed(2)} of it`,
        target: '',
        ok: null,
      },
    ];
  };
  return [
    ...compare('one send of 500 at a time', 'send/1'),
    ...compare('four at a time', 'send/4'),
    ...compare('read and parsed', 'read'),
  ];
}

async function sendRate(
  client: Client,
  topic: string,
  messages: readonly Message[],
  inFlight: number,
): Promise<number> {
  const producer = await client.producer();
  await producer.send(topic, messages.slice(0, PER_SEND)); // connects, learns where the partitions are
  let next = 0;
  const work = async (): Promise<void> => {
    for (let from = next; from < messages.length; from = next) {
      next += PER_SEND;
      await producer.send(topic, messages.slice(from, from + PER_SEND));
    }
  };
  const [, took] = await timed(() => Promise.all(Array.from({ length: inFlight }, work)));
  await producer.close();
  return (messages.length / took) * 1_000;
}

async function newTopic(brokers: readonly string[]): Promise<string> {
  const admin = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  const topic = `bench-${randomUUID()}`;
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: PARTITIONS }] });
  await admin.disconnect();
  return topic;
}

function makeMessages(): Message[] {
  return Array.from({ length: MESSAGES }, (_, index) => {
    const userId = `user-${index % 40_000}`;
    const data = { key: randomUUID(), id: randomUUID(), eventType: 'purchase', userId, at: 1_793_000_000_000 + index };
    const envelope = { specversion: '1.0', id: data.key, type: 'event.accepted', subject: userId, data };
    return { key: userId, value: JSON.stringify(envelope) };
  });
}
