import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { backoffMs } from '../consumer/failure-policy.js';
import { LogAdmin } from './log-admin.js';
import { LOG_SETTINGS, type LogSettings } from './log-options.js';

const MINUTE_MS = 60_000;

/** Creates the topics at start, however long the log is away, and runs the retention now and then. */
@Injectable()
export class Upkeep {
  private readonly logger = new Logger('log');
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly admin: LogAdmin,
    @Inject(LOG_SETTINGS) private readonly settings: LogSettings,
  ) {}

  start(): void {
    this.running ??= this.run().catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    await this.until('the topics cannot be created yet; trying again', () => this.admin.ensureTopics());
    const minutes = this.settings.retentionMinutes ?? 10;
    while (minutes > 0) {
      // Processes that start together should not all come at once.
      await this.pause(minutes * MINUTE_MS * (0.8 + 0.4 * Math.random()));
      await this.until('old records could not be deleted; trying again', async () => {
        const records = await this.admin.retain();
        if (records > 0) this.logger.log({ records }, 'old records were deleted from the log');
      });
    }
  }

  private async until(complaint: string, act: () => Promise<void>): Promise<void> {
    for (let failures = 1; ; failures += 1) {
      try {
        await act();
        return;
      } catch (error) {
        if (failures === 1 && !this.stopping.signal.aborted) this.logger.warn({ err: String(error) }, complaint);
        await this.pause(backoffMs({ baseMs: 200, capMs: 10_000 }, failures, Math.random()));
      }
    }
  }

  /** @throws when it is time to stop. */
  private pause(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: this.stopping.signal, ref: false });
  }
}
