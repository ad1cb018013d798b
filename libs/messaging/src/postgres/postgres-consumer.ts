import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../consumer/failure-policy.js';
import { FlowSet } from '../consumer/flow-set.js';
import type { OffsetStore } from '../consumer/offset-store.js';
import type { PartitionFlow } from '../consumer/partition-flow.js';
import type { RunningConsumer, Subscription } from '../log/log-transport.js';
import { Signal } from '../log/signal.js';
import type { SqlClient } from '../log/transaction.js';
import type { Leases } from './leases.js';
import { readBatches } from './read-batches.js';

/** Without a notification for so long, look anyway. */
const POLL_MS = 1_000;
/** A handler that is not in a hurry has what is appended within this time read at once. */
const READ_TOGETHER_MS = 5;
/** Text read ahead of the handler, of one partition. */
const READ_AHEAD_CHARS = 524_288;
/** Longest wait for a handler when a partition moves to another process. */
const HAND_OVER_MS = 8_000;

export interface ConsumerParts {
  readonly pool: SqlClient;
  readonly leases: Leases;
  readonly offsets: OffsetStore;
  /** Calls back when a topic has new records; returns how to stop. */
  readonly onAppend: (topic: string, listener: () => void) => () => void;
}

/** Handles one topic for one group: reads all its partitions here with one statement, handles each by itself. */
export class PostgresConsumer implements RunningConsumer {
  private readonly flows: FlowSet;
  private readonly bell = new Signal();
  private readonly deafen: () => void;
  private readonly release: () => Promise<void>;
  private readonly reading: Promise<void>;
  private stopped = false;
  private graceMs = HAND_OVER_MS;

  constructor(
    private readonly subscription: Subscription,
    private readonly parts: ConsumerParts,
  ) {
    const { topic, group, maxBatch, concurrency, lingerMs, deliver } = subscription;
    this.flows = new FlowSet({
      name: { topic: topic.name, group },
      takeAtLeast: maxBatch,
      concurrency,
      lingerMs,
      deliver,
      rewind: (flow) => this.rewind(flow),
      taken: () => this.bell.ring(),
    });
    this.deafen = parts.onAppend(topic.name, () => this.appended());
    this.release = parts.leases.add({
      name: `${group}/${topic.name}`,
      partitions: topic.partitions,
      gained: (partition) => void this.flows.gain(partition),
      lost: (partition) => this.flows.lose(partition, this.graceMs),
    });
    this.reading = this.read();
  }

  assigned(): number[] {
    return this.flows.partitions;
  }

  async stop(graceMs: number): Promise<void> {
    this.graceMs = graceMs;
    this.deafen();
    await this.release();
    this.stopped = true;
    this.bell.ring();
    await this.reading;
  }

  private appended(): void {
    for (const flow of this.flows.all) flow.dirty = true;
    this.bell.ring();
  }

  private async rewind(flow: PartitionFlow): Promise<void> {
    const { topic, group } = this.subscription;
    const stored = await this.parts.offsets.position(group, topic.name, flow.partition, async () => {
      const { rows } = await this.parts.pool.query(
        `SELECT coalesce(
           (SELECT min(base_offset) FROM experimentation.log_batches WHERE topic = $1 AND partition = $2),
           (SELECT next_offset FROM experimentation.log_partitions WHERE topic = $1 AND partition = $2), 0) AS earliest`,
        [topic.name, flow.partition],
      );
      return Number(rows[0]?.['earliest'] ?? 0);
    });
    flow.reset(stored);
    this.bell.ring();
  }

  private async read(): Promise<void> {
    let failures = 0;
    while (!this.stopped) {
      const due = this.flows.all.filter(
        (flow) => flow.dirty && flow.fetchFrom !== undefined && flow.chars < READ_AHEAD_CHARS / 2,
      );
      if (due.length === 0) {
        if (!(await this.bell.wait(POLL_MS))) for (const flow of this.flows.all) flow.dirty = true;
        continue;
      }
      try {
        if (this.subscription.lingerMs > 0) await sleep(READ_TOGETHER_MS);
        await this.readInto(due);
        failures = 0;
      } catch (error) {
        for (const flow of due) flow.dirty = true;
        failures += 1;
        this.flows.report(error, failures);
        await sleep(backoffMs({ baseMs: 100, capMs: 3_000 }, failures, Math.random()));
      }
    }
  }

  private async readInto(due: readonly PartitionFlow[]): Promise<void> {
    const asked = due.map((flow) => ({ flow, era: flow.era, from: flow.fetchFrom ?? 0 }));
    for (const flow of due) flow.dirty = false;
    const positions = new Map(asked.map(({ flow, from }) => [flow.partition, from]));
    const found = await readBatches(this.parts.pool, this.subscription.topic.name, positions, READ_AHEAD_CHARS);
    for (const { flow, era } of asked) {
      const rows = found.get(flow.partition);
      if (rows === undefined || flow.era !== era) continue;
      flow.dirty = true;
      flow.fill(rows);
    }
  }
}
