import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Batch, Consumer, Kafka, KafkaMessage } from 'kafkajs';
import { backoffMs } from '../consumer/failure-policy.js';
import { RETRY } from './kafka-client.js';
import { within } from './within.js';

export const SESSION_TIMEOUT_MS = 6_000;
const FETCH_BYTES = 262_144;
const LEAVE_MS = 3_000;
const COMMIT_MS = 1_000;

/** What is read, and as which group. */
export interface FeedReading {
  readonly groupId: string;
  readonly topic: string;
  readonly sessionTimeoutMs: number;
  /** Longest wait of a fetch for data; pauses and seeks take effect between fetches. */
  readonly fetchWaitMs: number;
  /** Makes sure of the topic before the group is joined. */
  readonly prepare: () => Promise<void>;
}

export interface FeedListener {
  /** The partitions this member holds from now on, told before anything is fetched. */
  assigned(partitions: readonly number[]): void;
  /** Messages fetched from offset `fetched` on; the next fetch is from `end`. */
  batch(partition: number, fetched: number, messages: readonly KafkaMessage[], end: number): void;
  /** No partition is held any more, until `assigned` is called again. */
  lost(): void;
}

/**
 * A member of a Kafka consumer group that only fetches: what it gets goes to the listener at once, so that it never misses a
 * heartbeat because of a slow handler. A crashed consumer is made anew, with backoff, for ever.
 */
export class KafkaFeed {
  private readonly logger = new Logger('kafka');
  private readonly stopping = new AbortController();
  private readonly running: Promise<void>;
  private readonly topic: string;
  private consumer: Consumer | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly reading: FeedReading,
    private readonly listener: FeedListener,
  ) {
    this.topic = reading.topic;
    this.running = this.run();
  }

  seek(partition: number, offset: number): void {
    this.consumer?.seek({ topic: this.topic, partition, offset: String(offset) });
  }

  pause(partition: number): void {
    this.consumer?.pause([{ topic: this.topic, partitions: [partition] }]);
  }

  resume(partition: number): void {
    this.consumer?.resume([{ topic: this.topic, partitions: [partition] }]);
  }

  /** Tells the broker how far the group is. Only tools look at that; the truth is in the database. */
  async commit(positions: ReadonlyMap<number, number>): Promise<void> {
    const offsets = [...positions].map(([partition, offset]) => ({
      topic: this.topic,
      partition,
      offset: String(offset),
    }));
    if (offsets.length === 0 || this.consumer === undefined) return;
    await within(COMMIT_MS, 'Committing', this.consumer.commitOffsets(offsets));
  }

  /** Leaves the group; a broker that is away is not waited for long. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await within(LEAVE_MS, 'leaving', this.running).catch(() => undefined);
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    let failures = 0;
    while (!signal.aborted) {
      const since = Date.now();
      try {
        await this.session();
      } catch (error) {
        failures = Date.now() - since > 30_000 ? 1 : failures + 1;
        const fields = {
          topic: this.topic,
          group: this.reading.groupId,
          err: error instanceof Error ? error.message : String(error),
        };
        // The first failure is often a coordinator that is still loading, which the next try finds ready.
        if (failures === 2) this.logger.warn(fields, 'the broker cannot be read from right now; trying again');
        await sleep(backoffMs({ baseMs: 100, capMs: 3_000 }, failures, Math.random()), undefined, { signal }).catch(
          () => undefined,
        );
      }
    }
  }

  /** Runs one consumer until it crashes or is to stop. */
  private async session(): Promise<void> {
    await this.reading.prepare();
    const consumer = this.kafka.consumer({
      groupId: this.reading.groupId,
      sessionTimeout: this.reading.sessionTimeoutMs,
      heartbeatInterval: this.reading.sessionTimeoutMs / 6,
      rebalanceTimeout: 10_000,
      maxWaitTimeInMs: this.reading.fetchWaitMs,
      maxBytesPerPartition: FETCH_BYTES,
      maxBytes: FETCH_BYTES * 8,
      allowAutoTopicCreation: false,
      retry: { ...RETRY, restartOnFailure: () => Promise.resolve(false) },
    });
    const over = this.endOf(consumer);
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      this.listener.assigned(payload.memberAssignment[this.topic] ?? []);
    });
    this.consumer = consumer;
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [this.topic], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatch: ({ batch }) => {
          const { partition, messages } = batch;
          this.listener.batch(partition, fetchedOffset(batch), messages, Number(batch.lastOffset()) + 1);
          return Promise.resolve();
        },
      });
      await over;
    } finally {
      this.consumer = undefined;
      this.listener.lost();
      await within(LEAVE_MS, 'leaving', consumer.disconnect()).catch(() => undefined);
    }
  }

  /** Settles when the consumer is to be left: resolved at a stop, rejected with its crash. */
  private endOf(consumer: Consumer): Promise<void> {
    const over = new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      if (this.stopping.signal.aborted) resolve();
      this.stopping.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    over.catch(() => undefined);
    return over;
  }
}

/** The offset the fetch was asked to begin at; the types of kafkajs leave it out. */
function fetchedOffset(batch: Batch): number {
  return Number((batch as Batch & { fetchedOffset: string }).fetchedOffset);
}
