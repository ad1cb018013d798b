import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Deliver } from './delivery.js';
import { backoffMs, failureKind } from './failure-policy.js';
import { Gate, Place } from './gate.js';
import { StaleBatchError } from './log-context.js';
import { PartitionFlow } from './partition-flow.js';

/** What a transport tells about reading its partitions. */
export interface FlowSource {
  /** For the log lines. */
  readonly name: Readonly<Record<string, unknown>>;
  /** Records to take at a time, at least, where there are so many. */
  readonly takeAtLeast: number;
  /** Partitions handled at the same time. */
  readonly concurrency: number;
  /** A partition with little in it is handled once in so many milliseconds at most. */
  readonly lingerMs: number;
  readonly deliver: Deliver;
  /** Asks the store where the partition is to be taken up, and resets the flow to it. */
  readonly rewind: (flow: PartitionFlow) => Promise<void>;
  /** There is room to read on. */
  readonly taken: (flow: PartitionFlow) => void;
}

/** The partitions this process holds of one subscription, each handled in its own loop. */
export class FlowSet {
  private readonly logger = new Logger('log');
  private readonly flows = new Map<number, PartitionFlow>();
  private readonly gate: Gate;

  constructor(private readonly source: FlowSource) {
    this.gate = new Gate(source.concurrency);
  }

  get all(): PartitionFlow[] {
    return [...this.flows.values()];
  }

  get partitions(): number[] {
    return [...this.flows.keys()].sort((a, b) => a - b);
  }

  find(partition: number): PartitionFlow | undefined {
    return this.flows.get(partition);
  }

  /** Takes up a partition, after what is still at work of an earlier time. */
  gain(partition: number): PartitionFlow {
    const before = this.flows.get(partition);
    before?.leave();
    const flow = new PartitionFlow(partition);
    this.flows.set(partition, flow);
    flow.running = (async () => {
      await before?.running;
      await this.handle(flow);
    })();
    return flow;
  }

  /** Gives up a partition; resolves when nothing of it is at work any more, or after `graceMs`. */
  async lose(partition: number, graceMs: number): Promise<void> {
    const flow = this.flows.get(partition);
    if (flow === undefined) return;
    flow.leave();
    await Promise.race([flow.running, sleep(graceMs, undefined, { ref: false })]);
    if (this.flows.get(partition) === flow) this.flows.delete(partition);
  }

  async loseAll(graceMs: number): Promise<void> {
    await Promise.all(this.partitions.map((partition) => this.lose(partition, graceMs)));
  }

  /** Logs the first failure in a row; an outage is a warning, anything else somebody must look at. */
  report(error: unknown, failures: number, partition?: number): void {
    if (failures > 1) return;
    const fields = { ...this.source.name, partition, err: error instanceof Error ? error.message : String(error) };
    if (failureKind(error) === 'outage') this.logger.warn(fields, 'the log cannot be read right now');
    else this.logger.error(fields, 'reading or handling the log failed');
  }

  private async handle(flow: PartitionFlow): Promise<void> {
    const { signal } = flow.abort;
    const place = new Place(this.gate);
    let failures = 0;
    let lingerUntil = 0;
    while (!signal.aborted) {
      try {
        if (flow.fetchFrom === undefined) await this.source.rewind(flow);
        await flow.ready();
        await flow.linger(lingerUntil);
        // Taken only when it is this partition's turn: till then the batch grows, and what waits is not parsed yet.
        await place.take();
        lingerUntil = performance.now() + this.source.lingerMs;
        const taken = flow.take(this.source.takeAtLeast);
        if (taken === undefined) continue;
        this.source.taken(flow);
        const { partition, position } = flow;
        flow.position = await this.source.deliver({ partition, position, ...taken, signal, place });
        failures = 0;
      } catch (error) {
        flow.reset(undefined);
        if (error instanceof StaleBatchError) continue;
        failures += 1;
        this.report(error, failures, flow.partition);
        const pause = backoffMs({ baseMs: 100, capMs: 5_000 }, failures, Math.random());
        place.giveBack();
        await sleep(pause, undefined, { signal }).catch(() => undefined);
      } finally {
        place.giveBack();
      }
    }
  }
}
