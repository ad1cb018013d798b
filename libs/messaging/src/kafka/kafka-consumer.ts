import type { Kafka, KafkaMessage } from 'kafkajs';
import { FlowSet } from '../consumer/flow-set.js';
import type { PartitionFlow } from '../consumer/partition-flow.js';
import type { Deliver } from '../consumer/delivery.js';
import type { RunningConsumer } from '../log/log-transport.js';
import { KafkaChunk } from './kafka-chunk.js';
import { KafkaFeed, type FeedReading } from './kafka-feed.js';

/** Text read ahead of the handler, of one partition; beyond it the partition is paused. */
const READ_AHEAD_CHARS = 1_048_576;
const TELL_BROKER_MS = 2_000;
/** So many fetches from elsewhere are too many. */
const STRAYS = 4;

export interface KafkaReading extends FeedReading {
  readonly name: Readonly<Record<string, unknown>>;
  readonly takeAtLeast: number;
  readonly concurrency: number;
  readonly lingerMs: number;
  readonly deliver: Deliver;
  /** Where a partition is to be taken up: the stored offset, and the offset to read from, which may lie behind a gap. */
  readonly takeUp: (partition: number) => Promise<{ position: number; from: number }>;
  /** Whether the broker is told how far the group is. */
  readonly tellBroker: boolean;
}

/** Handles the partitions of a topic that Kafka assigns to this process, from offsets that Kafka has no say in. */
export class KafkaConsumer implements RunningConsumer {
  private readonly flows: FlowSet;
  private readonly feed: KafkaFeed;
  private readonly told: NodeJS.Timeout;
  private readonly paused = new Set<number>();
  /** Partitions that have delivered from where they were last put. */
  private readonly settled = new Set<number>();
  private readonly strays = new Map<number, number>();
  private graceMs = 8_000;

  constructor(
    kafka: Kafka,
    private readonly reading: KafkaReading,
  ) {
    this.flows = new FlowSet({ ...reading, rewind: (flow) => this.rewind(flow), taken: (flow) => this.taken(flow) });
    this.feed = new KafkaFeed(kafka, reading, {
      assigned: (partitions) => this.assignedBy(partitions),
      batch: (partition, fetched, messages, end) => this.received(partition, fetched, messages, end),
      lost: () => void this.flows.loseAll(this.graceMs),
    });
    this.told = setInterval(() => void this.tellBroker(), TELL_BROKER_MS).unref();
  }

  assigned(): number[] {
    return this.flows.partitions;
  }

  async stop(graceMs: number): Promise<void> {
    this.graceMs = graceMs;
    clearInterval(this.told);
    const held = this.flows.all;
    await this.flows.loseAll(graceMs);
    await this.tellBroker(held);
    await this.feed.stop();
  }

  /** After every join kafkajs begins at what the broker knows: partitions kept are put back to where they were. */
  private assignedBy(partitions: readonly number[]): void {
    for (const partition of this.flows.partitions) {
      if (!partitions.includes(partition)) void this.flows.lose(partition, this.graceMs);
    }
    for (const partition of partitions) {
      const kept = this.flows.find(partition);
      if (kept?.abort.signal.aborted === false && kept.fetchFrom !== undefined) {
        this.seek(partition, kept.fetchFrom);
      } else if (kept === undefined || kept.abort.signal.aborted) {
        this.feed.pause(partition);
        this.flows.gain(partition);
      }
    }
  }

  private async rewind(flow: PartitionFlow): Promise<void> {
    const { position, from } = await this.reading.takeUp(flow.partition);
    if (flow.abort.signal.aborted) return;
    flow.reset(position, from);
    this.seek(flow.partition, from);
    this.paused.delete(flow.partition);
    this.feed.resume(flow.partition);
  }

  private received(partition: number, fetched: number, messages: readonly KafkaMessage[], end: number): void {
    const flow = this.flows.find(partition);
    if (flow?.fetchFrom === undefined) return;
    // Ahead of where we are there may be a gap, of records deleted or hidden. Right after a seek, though, what comes may have
    // been asked for before it.
    const fits = fetched === flow.fetchFrom || (fetched > flow.fetchFrom && this.settled.has(partition));
    if (!fits) {
      this.stray(flow);
      return;
    }
    this.settled.add(partition);
    this.strays.delete(partition);
    flow.fill([new KafkaChunk(messages, end)]);
    if (flow.chars > READ_AHEAD_CHARS) {
      this.paused.add(partition);
      this.feed.pause(partition);
    }
  }

  /** When the broker keeps sending from somewhere else, what we want has been deleted, or a seek was lost: ask again. */
  private stray(flow: PartitionFlow): void {
    const strays = (this.strays.get(flow.partition) ?? 0) + 1;
    this.strays.set(flow.partition, strays);
    if (strays % STRAYS === 0) {
      void this.rewind(flow).catch((error: unknown) => this.flows.report(error, 1, flow.partition));
    }
  }

  private seek(partition: number, offset: number): void {
    this.settled.delete(partition);
    this.feed.seek(partition, offset);
  }

  private taken(flow: PartitionFlow): void {
    if (flow.chars > READ_AHEAD_CHARS / 2 || !this.paused.delete(flow.partition)) return;
    this.feed.resume(flow.partition);
  }

  private async tellBroker(flows = this.flows.all): Promise<void> {
    if (!this.reading.tellBroker) return;
    const known = flows.filter((flow) => flow.fetchFrom !== undefined);
    await this.feed.commit(new Map(known.map((flow) => [flow.partition, flow.position]))).catch(() => undefined);
  }
}
