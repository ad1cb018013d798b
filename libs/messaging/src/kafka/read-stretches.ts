import type { Kafka } from 'kafkajs';
import type { RawRecord } from '../log/log-transport.js';
import { isEmpty, type Stretch } from './count-by-scope.js';
import { KafkaConsumer } from './kafka-consumer.js';
import { SESSION_TIMEOUT_MS } from './kafka-feed.js';

const AT_ONCE = 2_000;
const LEAVE_MS = 3_000;

export interface StretchReading {
  readonly groupId: string;
  readonly topic: string;
  readonly name: Readonly<Record<string, unknown>>;
  /** Of every partition of the topic, those of which nothing is wanted included. */
  readonly stretches: ReadonlyMap<number, Stretch>;
  readonly take: (records: readonly RawRecord[]) => Promise<void>;
}

/** Hands over what stands in the stretches, as a group of its own, partition by partition in order; no more is read than is taken. */
export async function readStretches(kafka: Kafka, { stretches, take, ...reading }: StretchReading): Promise<void> {
  const positions = new Map([...stretches].map(([partition, { from }]) => [partition, from]));
  const open = new Map([...stretches].filter(([, stretch]) => !isEmpty(stretch)));
  let settle: (error?: Error) => void = () => undefined;
  const finished = new Promise<void>((resolve, reject) => {
    settle = (error) => (error === undefined ? resolve() : reject(error));
  });
  const consumer = new KafkaConsumer(kafka, {
    ...reading,
    sessionTimeoutMs: SESSION_TIMEOUT_MS,
    fetchWaitMs: 250,
    takeAtLeast: AT_ONCE,
    concurrency: 2,
    lingerMs: 0,
    prepare: () => Promise.resolve(),
    takeUp: (partition) => {
      const position = positions.get(partition) ?? 0;
      return Promise.resolve({ position, from: position });
    },
    deliver: async ({ partition, records, end }) => {
      const to = open.get(partition)?.to ?? 0;
      const wanted = records.filter(({ offset }) => offset < to);
      try {
        if (wanted.length > 0) await take(wanted);
      } catch (error) {
        settle(error instanceof Error ? error : new Error(String(error)));
        throw error;
      }
      positions.set(partition, end);
      if (end >= to) open.delete(partition);
      if (open.size === 0) settle();
      return end;
    },
    tellBroker: false,
  });
  try {
    await finished;
  } finally {
    await consumer.stop(LEAVE_MS);
  }
}
