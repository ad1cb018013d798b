import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@assay/contracts';
import type { EncodedRecord } from './log-transport.js';

/** Records of one topic to be written together. */
export interface Append {
  readonly topic: string;
  readonly partitions: number;
  readonly records: readonly EncodedRecord[];
}

interface Waiting {
  readonly append: Append;
  readonly chars: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Most text in one transaction, and most text that may wait for one. */
const TRANSACTION_CHARS = 4_194_304;
const WAITING_CHARS = 67_108_864;

/**
 * Group commit: one transaction (or produce request) at a time; what arrives meanwhile waits and goes into the next one
 * together. So many small appends share a commit; a lone one waits `lingerMs` for others, which may be 0. The order of calls
 * is the order in the log.
 */
export class GroupCommit {
  private waiting: Waiting[] = [];
  private chars = 0;
  private busy = false;

  constructor(
    private readonly write: (appends: readonly Append[]) => Promise<void>,
    private readonly lingerMs = 0,
  ) {}

  append(append: Append): Promise<void> {
    const chars = append.records.reduce((sum, record) => sum + record.head.length + record.body.length, 0);
    if (this.chars > 0 && this.chars + chars > WAITING_CHARS) {
      return Promise.reject(
        AppError.unavailable('Too much is waiting to be written to the log. Send again in a moment.'),
      );
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ append, chars, resolve, reject });
      this.chars += chars;
      if (!this.busy) void this.drain();
    });
  }

  private async drain(): Promise<void> {
    this.busy = true;
    if (this.lingerMs > 0) await sleep(this.lingerMs);
    while (this.waiting.length > 0) {
      const group = this.take();
      try {
        await this.write(group.map(({ append }) => append));
        for (const { resolve } of group) resolve();
      } catch (error) {
        // Those who wait would run into the same outage one after the other, each with its own timeout.
        const failed = error instanceof AppError && error.retryable ? [...group, ...this.take(Infinity)] : group;
        for (const { reject } of failed) reject(error);
      }
    }
    this.busy = false;
  }

  private take(limit = TRANSACTION_CHARS): Waiting[] {
    let chars = 0;
    let count = 0;
    for (const each of this.waiting) {
      if (count > 0 && chars + each.chars > limit) break;
      chars += each.chars;
      count += 1;
    }
    this.chars -= chars;
    return this.waiting.splice(0, count);
  }
}
