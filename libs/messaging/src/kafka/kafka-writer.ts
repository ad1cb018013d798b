import { AppError } from '@assay/contracts';
import type { Kafka, Message, Producer } from 'kafkajs';
import { failureKind } from '../consumer/failure-policy.js';
import { jsonOf } from '../log/encoded-record.js';
import type { Append } from '../log/group-commit.js';
import { partitionOf } from '../log/partition-of.js';
import { isConnectionError, RETRY } from './kafka-client.js';
import { within } from './within.js';

/** The caller must hear of a failure within five seconds. */
const SEND_MS = 4_000;
const BROKER_TIMEOUT_MS = 3_000;

/** The idempotent producer of a process. */
export class KafkaWriter {
  private connecting: Promise<Producer> | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly sendMs = SEND_MS,
  ) {}

  /** Sends appends as one request; resolves when all replicas in sync have them. */
  async write(appends: readonly Append[]): Promise<void> {
    const connecting = this.connected();
    try {
      await within(this.sendMs, 'Sending to Kafka', this.send(connecting, messagesOf(appends)));
    } catch (error) {
      // The broker may have some of it. A later batch under the same sequence numbers would pass for a duplicate and be
      // dropped, though acknowledged: only a new producer id is safe.
      this.discard(connecting);
      if (failureKind(error) === 'outage' || isConnectionError(error)) {
        throw AppError.unavailable('The log did not acknowledge in time.', 2, error);
      }
      throw error;
    }
  }

  async close(): Promise<void> {
    const connecting = this.connecting;
    this.connecting = undefined;
    await within(2_000, 'leaving', Promise.resolve(connecting?.then((producer) => producer.disconnect()))).catch(
      () => undefined,
    );
  }

  private async send(connecting: Promise<Producer>, messages: ReadonlyMap<string, Message[]>): Promise<void> {
    const producer = await connecting;
    const topicMessages = [...messages].map(([topic, list]) => ({ topic, messages: list }));
    await producer.sendBatch({ acks: -1, timeout: BROKER_TIMEOUT_MS, topicMessages });
  }

  private connected(): Promise<Producer> {
    this.connecting ??= (async () => {
      const producer = this.kafka.producer({
        idempotent: true,
        maxInFlightRequests: 1,
        allowAutoTopicCreation: false,
        createPartitioner:
          () =>
          ({ message }) =>
            message.partition ?? 0,
        retry: RETRY,
      });
      await producer.connect();
      return producer;
    })();
    return this.connecting;
  }

  private discard(connecting: Promise<Producer>): void {
    if (this.connecting === connecting) this.connecting = undefined;
    connecting.then((producer) => producer.disconnect()).catch(() => undefined);
  }
}

function messagesOf(appends: readonly Append[]): Map<string, Message[]> {
  const byTopic = new Map<string, Message[]>();
  for (const { topic, partitions, records } of appends) {
    const messages = byTopic.get(topic) ?? [];
    for (const record of records) {
      const { key } = record;
      messages.push({ key, value: jsonOf(record), partition: partitionOf(key, partitions) });
    }
    byTopic.set(topic, messages);
  }
  return byTopic;
}
