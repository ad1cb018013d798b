import type { Transaction } from '../log/transaction.js';
import type { LogRecord } from '../log/records.js';

/** Second argument of every handler of the log. */
export interface LogContext {
  readonly topic: string;
  readonly group: string;
  readonly partition: number;
  /** The record at hand in `single` mode; the first of the batch in `batch` mode. */
  readonly record: LogRecord;
  /** 1 for the first delivery in this process, then counting. */
  readonly attempt: number;
  /** Aborted when the process is to end or the partition has moved to another one. */
  readonly signal: AbortSignal;
  /**
   * Stores the group's next offset (and the dead letters among the records) in the caller's own transaction, so that the
   * effect of the records and their offset commit together: exactly once.
   *
   * @throws StaleBatchError when another consumer has advanced the offset meanwhile. Let it pass: the transaction must roll
   * back, and the consumer goes on from the stored offset.
   */
  commitWithin(transaction: Transaction): Promise<void>;
}

/** The stored offset is not the one this batch started from: somebody else has handled it. Not a failure of the records. */
export class StaleBatchError extends Error {
  override readonly name = 'StaleBatchError';
  constructor(group: string, topic: string, partition: number) {
    super(`${group} has already moved on in ${topic}/${partition}.`);
  }
}
