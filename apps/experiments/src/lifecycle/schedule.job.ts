import { Clock } from '@assay/platform';
import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { ExperimentRepository } from '../definition/experiment.repository.js';
import { ExperimentEditor } from '../editing/experiment-editor.service.js';
import { ExperimentTransaction } from '../editing/experiment-transaction.service.js';

/** Injection token: milliseconds between two looks at what is due; 0 leaves it to other processes. */
export const SCHEDULE_INTERVAL = Symbol('assay:experiments:schedule-interval');

/**
 * Starts and ends experiments at their planned times. Any number of replicas may run it: each takes one due experiment at a
 * time under a row lock that the others skip, and what one has done is not due any more.
 */
@Injectable()
export class ScheduleJob implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('schedule');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly transaction: ExperimentTransaction,
    private readonly clock: Clock,
    private readonly repository: ExperimentRepository,
    private readonly editor: ExperimentEditor,
    @Inject(SCHEDULE_INTERVAL) private readonly intervalMs: number,
  ) {}

  onApplicationBootstrap(): void {
    if (this.intervalMs > 0) this.plan();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** Does everything that is due now; gives how many experiments it moved. */
  async runDue(): Promise<number> {
    let moved = 0;
    // What cannot be moved is left for the next look, and does not keep the others waiting.
    const failed: string[] = [];
    while (!this.stopped && (await this.moveOne(failed))) moved += 1;
    return moved - failed.length;
  }

  /** Whether there was anything left to do. */
  private async moveOne(failed: string[]): Promise<boolean> {
    let id: string | undefined;
    try {
      await this.transaction.run(async (em) => {
        const row = await this.repository.lockDue(em, this.clock.now(), failed);
        id = row?.id;
        if (row !== undefined && !(await this.editor.settle(em, row))) failed.push(row.id);
      });
    } catch (error) {
      if (id === undefined) throw error;
      failed.push(id);
      this.logger.error({ err: String(error), experimentId: id }, 'a planned start or end failed');
    }
    return id !== undefined;
  }

  private plan(): void {
    this.timer = setTimeout(() => {
      this.running = this.look().finally(() => {
        if (!this.stopped) this.plan();
      });
    }, this.intervalMs).unref();
  }

  private async look(): Promise<void> {
    try {
      await this.runDue();
    } catch (error) {
      this.logger.warn({ err: String(error) }, 'planned starts and ends could not be looked at; trying again');
    }
  }
}
