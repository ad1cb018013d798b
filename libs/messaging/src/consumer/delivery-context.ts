import type { LogRecord } from '../log/records.js';
import { sqlOf, type Transaction } from '../log/transaction.js';
import { StaleBatchError, type LogContext } from './log-context.js';
import type { Advance, DeadRecord, OffsetStore } from './offset-store.js';

/** The context of one try of a handler; remembers what became of the offset. */
export class DeliveryContext implements LogContext {
  readonly topic: string;
  readonly group: string;
  readonly partition: number;
  /** The offset was stored in the handler's transaction. */
  committed = false;
  /** The handler was told that the batch is stale, whether or not it let the error pass. */
  stale = false;

  constructor(
    private readonly offsets: OffsetStore,
    private readonly move: Advance,
    private readonly dead: readonly DeadRecord[],
    readonly record: LogRecord,
    readonly attempt: number,
    readonly signal: AbortSignal,
  ) {
    this.topic = move.topic;
    this.group = move.group;
    this.partition = move.partition;
  }

  async commitWithin(transaction: Transaction): Promise<void> {
    try {
      await this.offsets.advance(this.move, this.dead, sqlOf(transaction));
      this.committed = true;
    } catch (error) {
      if (error instanceof StaleBatchError) this.stale = true;
      throw error;
    }
  }
}
