import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { backoffMs, failureKind } from '../consumer/failure-policy.js';
import { StaleBatchError } from '../consumer/log-context.js';
import type { OffsetStore } from '../consumer/offset-store.js';
import type { RunningConsumer, Subscription } from '../log/log-transport.js';
import { Signal } from '../log/signal.js';
import type { SqlClient } from '../log/transaction.js';
import type { Leases } from './leases.js';
import { PartitionFlow } from './partition-flow.js';
import { readBatches } from './read-batches.js';

/** Without a notification for so long, look anyway. */
const POLL_MS = 1_000;
/** Text read ahead of the handler, of one partition. */
const READ_AHEAD_CHARS = 1_048_576;
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
  private readonly logger = new Logger('log');
  private readonly flows = new Map<number, PartitionFlow>();
  private readonly bell = new Signal();
  private readonly ends: (() => unknown)[] = [];
  private readonly release: () => Promise<void>;
  private readonly reading: Promise<void>;
  private stopped = false;
  private graceMs = HAND_OVER_MS;

  constructor(
    private readonly subscription: Subscription,
    private readonly parts: ConsumerParts,
  ) {
    const { topic, group } = subscription;
    this.ends.push(parts.onAppend(topic.name, () => this.appended()));
    this.release = parts.leases.add({
      name: `${group}/${topic.name}`,
      partitions: topic.partitions,
      gained: (partition) => this.gained(partition),
      lost: (partition) => this.lost(partition),
    });
    this.reading = this.read();
  }

  assigned(): number[] {
    return [...this.flows.keys()].sort((a, b) => a - b);
  }

  async stop(graceMs: number): Promise<void> {
    this.graceMs = graceMs;
    for (const end of this.ends) end();
    await this.release();
    this.stopped = true;
    this.bell.ring();
    await this.reading;
  }

  private appended(): void {
    for (const flow of this.flows.values()) flow.dirty = true;
    this.bell.ring();
  }

  private gained(partition: number): void {
    const flow = new PartitionFlow(partition);
    const before = this.flows.get(partition);
    this.flows.set(partition, flow);
    flow.running = (async () => {
      await before?.running;
      await this.handle(flow);
    })();
  }

  private async lost(partition: number): Promise<void> {
    const flow = this.flows.get(partition);
    if (flow === undefined) return;
    flow.leave();
    await Promise.race([flow.running, sleep(this.graceMs, undefined, { ref: false })]);
    if (this.flows.get(partition) === flow) this.flows.delete(partition);
  }

  private async handle(flow: PartitionFlow): Promise<void> {
    let failures = 0;
    while (!flow.abort.signal.aborted) {
      try {
        if (flow.fetchFrom === undefined) {
          flow.reset(await this.storedPosition(flow.partition));
          this.bell.ring();
        }
        const taken = await flow.take(this.subscription.maxBatch);
        if (taken === undefined) return;
        this.bell.ring();
        const { partition, position, abort } = flow;
        flow.position = await this.subscription.deliver({ partition, position, ...taken, signal: abort.signal });
        failures = 0;
      } catch (error) {
        flow.reset(undefined);
        if (error instanceof StaleBatchError) continue;
        failures += 1;
        this.report(error, failures, flow.partition);
        await sleep(backoffMs({ baseMs: 100, capMs: 5_000 }, failures, Math.random()), undefined, {
          signal: flow.abort.signal,
        }).catch(() => undefined);
      }
    }
  }

  private storedPosition(partition: number): Promise<number> {
    const { topic, group } = this.subscription;
    return this.parts.offsets.position(group, topic.name, partition, async () => {
      const { rows } = await this.parts.pool.query(
        `SELECT coalesce(
           (SELECT min(base_offset) FROM experimentation.log_batches WHERE topic = $1 AND partition = $2),
           (SELECT next_offset FROM experimentation.log_partitions WHERE topic = $1 AND partition = $2), 0) AS earliest`,
        [topic.name, partition],
      );
      return Number(rows[0]?.['earliest'] ?? 0);
    });
  }

  private async read(): Promise<void> {
    let failures = 0;
    while (!this.stopped) {
      const due = [...this.flows.values()].filter(
        (flow) => flow.dirty && flow.fetchFrom !== undefined && flow.chars < READ_AHEAD_CHARS / 2,
      );
      if (due.length === 0) {
        if (!(await this.bell.wait(POLL_MS))) for (const flow of this.flows.values()) flow.dirty = true;
        continue;
      }
      try {
        if (this.subscription.lingerMs > 0) await sleep(this.subscription.lingerMs);
        await this.readInto(due);
        failures = 0;
      } catch (error) {
        for (const flow of due) flow.dirty = true;
        failures += 1;
        this.report(error, failures);
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
      const chunks = found.get(flow.partition);
      if (chunks === undefined || flow.era !== era) continue;
      flow.dirty = true;
      flow.fill(chunks);
    }
  }

  private report(error: unknown, failures: number, partition?: number): void {
    const { topic, group } = this.subscription;
    const fields = { topic: topic.name, group, partition, err: error instanceof Error ? error.message : String(error) };
    if (failures > 1) return;
    if (failureKind(error) === 'outage') this.logger.warn(fields, 'the log cannot be read right now');
    else this.logger.error(fields, 'reading or handling the log failed');
  }
}
