import { AppError } from '@assay/contracts';
import type { Kafka, Producer, TopicMessages } from 'kafkajs';
import { failureKind } from '../consumer/failure-policy.js';
import type { Append } from '../log/group-commit.js';
import { cutRequests } from './cut-requests.js';
import { isConnectionError, RETRY } from './kafka-client.js';
import { within } from './within.js';

/** The caller must hear of a failure within five seconds. */
export const SEND_MS = 4_000;
const BROKER_TIMEOUT_MS = 3_000;

/** The idempotent producer of a process. */
export class KafkaWriter {
  private connecting: Promise<Producer> | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly sendMs = SEND_MS,
  ) {}

  /** Sends appends, as one request where they are not very long; resolves when all replicas in sync have them. */
  async write(appends: readonly Append[]): Promise<void> {
    const connecting = this.connected();
    try {
      await within(this.sendMs, 'Sending to Kafka', this.send(connecting, cutRequests(appends)));
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

  private async send(connecting: Promise<Producer>, requests: readonly TopicMessages[][]): Promise<void> {
    const producer = await connecting;
    for (const topicMessages of requests) {
      // Who has been told that it failed need not find the rest of it there later.
      if (this.connecting !== connecting) throw AppError.unavailable('The log did not acknowledge in time.');
      await producer.sendBatch({ acks: -1, timeout: BROKER_TIMEOUT_MS, topicMessages });
    }
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
