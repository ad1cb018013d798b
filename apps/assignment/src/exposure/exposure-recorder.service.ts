import { assignmentRecorded, type AssignmentRecorded } from '@assay/contracts';
import { LogProducer } from '@assay/messaging';
import { Metrics } from '@assay/platform';
import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { v7 } from 'uuid';
import { SeenWindow } from './seen-window.js';

/** What a crash can lose: what was exposed in this time, and what was being written. */
const FLUSH_MS = 200;
const WINDOW_MS = 3_600_000;
const MOST_SEEN = 400_000;
const MOST_AT_ONCE = 500;
/** Exposures kept while the log is away; above that the oldest are given up, since evaluation must go on. */
const MOST_WAITING = 200_000;
const PAUSE_MS = 500;
/** How long the end may take when the log is away. */
const LAST_CHANCE_MS = 5_000;

interface Waiting {
  readonly id: string;
  readonly data: AssignmentRecorded;
}

/**
 * Exposures of evaluations that store nothing: told to the log in batches, behind the answers. Once per unit, experiment and
 * version of its definition within an hour; analysis counts the first of a unit anyway.
 */
@Injectable()
export class ExposureRecorder implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly seen = new SeenWindow(WINDOW_MS, MOST_SEEN);
  private readonly logger = new Logger('exposures');
  private readonly recorded;
  private readonly givenUp;
  private waiting: Waiting[] = [];
  private running: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private closing = false;

  constructor(
    private readonly producer: LogProducer,
    metrics: Metrics,
  ) {
    this.recorded = metrics.counter('assay_exposures_recorded_total', 'Exposures of remote evaluation told to the log');
    this.givenUp = metrics.counter('assay_exposures_lost_total', 'Exposures given up while the log was away');
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.flush(), FLUSH_MS).unref();
  }

  /** Takes an exposure; costs no more than a look into memory. */
  note(data: AssignmentRecorded): void {
    const name = `${data.experimentId}/${data.userId}/${data.definitionVersion}/${data.variantId}`;
    if (!this.seen.isNew(name, data.at)) return;
    if (this.waiting.length >= MOST_WAITING) this.giveUp(MOST_AT_ONCE);
    this.waiting.push({ id: v7(), data });
    if (this.waiting.length >= MOST_AT_ONCE || this.closing) void this.flush();
  }

  /** Resolves when what waited at the call is in the log, or cannot be brought there now. */
  async flush(): Promise<void> {
    if (this.running !== undefined) return this.running;
    if (this.waiting.length === 0) return;
    this.running = this.write().finally(() => (this.running = undefined));
    await this.running;
  }

  /** Requests still come in while connections are closed; theirs are brought behind them. */
  async beforeApplicationShutdown(): Promise<void> {
    this.closing = true;
    await this.flushAll();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flushAll();
    if (this.waiting.length > 0) this.giveUp(this.waiting.length);
  }

  private async flushAll(): Promise<void> {
    const end = Date.now() + LAST_CHANCE_MS;
    while ((this.waiting.length > 0 || this.running !== undefined) && Date.now() < end) {
      await this.flush();
      if (this.waiting.length > 0) await sleep(20);
    }
  }

  private async write(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.slice(0, MOST_AT_ONCE);
      try {
        const records = batch.map(({ id, data }) => {
          return { id, data, key: `${data.projectId}:${data.userId}`, scope: data.projectId };
        });
        await this.producer.append(assignmentRecorded, records);
      } catch (error) {
        // The same records with the same ids go again: whether they arrived is not known.
        this.logger.warn({ err: String(error), waiting: this.waiting.length }, 'exposures wait for the log');
        if (!this.closing) await sleep(PAUSE_MS, undefined, { ref: false });
        return;
      }
      const done = new Set(batch);
      this.waiting = this.waiting.filter((each) => !done.has(each));
      this.recorded.inc(batch.length);
    }
  }

  private giveUp(count: number): void {
    const lost = this.waiting.splice(0, count).length;
    this.givenUp.inc(lost);
    this.logger.error({ lost }, 'exposures were given up: the log has been away for too long');
  }
}
