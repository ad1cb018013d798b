import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { RawRecord, Running } from '../log/log-transport.js';
import { Signal } from '../log/signal.js';
import type { SqlClient } from '../log/transaction.js';
import { readBatches } from './read-batches.js';

const POLL_MS = 1_000;
const READ_CHARS = 524_288;

/** Follows a topic from given offsets, for this process alone; after an outage it goes on where it was. */
export class PostgresTail implements Running {
  private readonly logger = new Logger('log');
  private readonly bell = new Signal();
  private readonly unsubscribe: () => void;
  private readonly running: Promise<void>;
  private stopped = false;

  constructor(
    private readonly pool: SqlClient,
    private readonly topic: string,
    private readonly positions: Map<number, number>,
    private readonly deliver: (partition: number, record: RawRecord) => Promise<void>,
    onAppend: (topic: string, listener: () => void) => () => void,
  ) {
    this.unsubscribe = onAppend(topic, () => this.bell.ring());
    this.running = this.run();
  }

  async stop(graceMs: number): Promise<void> {
    this.stopped = true;
    this.unsubscribe();
    this.bell.ring();
    await Promise.race([this.running, sleep(graceMs, undefined, { ref: false })]);
  }

  private async run(): Promise<void> {
    let failed = false;
    while (!this.stopped) {
      let found = 0;
      try {
        found = await this.step();
        failed = false;
      } catch (error) {
        if (!failed && !this.stopped)
          this.logger.warn({ topic: this.topic, err: String(error) }, 'the log cannot be followed right now');
        failed = true;
      }
      if (found === 0) await this.bell.wait(POLL_MS);
    }
  }

  private async step(): Promise<number> {
    const found = await readBatches(this.pool, this.topic, this.positions, READ_CHARS);
    for (const [partition, chunks] of found) {
      for (const chunk of chunks) {
        for (const record of chunk.open(this.positions.get(partition) ?? 0).records) {
          if (this.stopped) return 0;
          await this.deliver(partition, record);
        }
        this.positions.set(partition, chunk.end);
      }
    }
    return found.size;
  }
}
