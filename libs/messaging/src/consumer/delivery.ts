import type { Topic } from '@assay/contracts';
import type { FailurePolicy, Step } from '../log/log-options.js';
import type { RawRecord } from '../log/log-transport.js';
import type { LogRecord } from '../log/records.js';
import type { Place } from './gate.js';
import type { LogContext } from './log-context.js';
import type { DeadRecord, OffsetStore } from './offset-store.js';
import type { ReadData } from './parse-record.js';

/**
 * Handles records of one partition in order, beginning at the group's stored offset `position`, and returns the offset stored
 * last, which is less than `end` only when `signal` was aborted.
 *
 * @throws StaleBatchError when the stored offset is not `position`: read it again and go on from there.
 */
export type Deliver = (work: Work) => Promise<number>;

export interface Work {
  readonly partition: number;
  readonly position: number;
  readonly records: readonly RawRecord[];
  /** Offset after the last record, where the group stands when all is done. */
  readonly end: number;
  readonly signal: AbortSignal;
  /** Held by the caller; given back while a failure is waited out, so that other partitions go on. */
  readonly place: Place;
}

/** A handler bound to its topic and group. */
export interface Handling {
  readonly topic: Topic;
  readonly group: string;
  readonly mode: 'single' | 'batch';
  readonly maxBatch: number;
  readonly read?: ReadData | undefined;
  readonly invoke: (data: unknown, context: LogContext) => Promise<void>;
}

export interface DeliveryTools {
  readonly offsets: OffsetStore;
  readonly policy: FailurePolicy;
  /** Rejects when the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly random: () => number;
  readonly warn: (fields: Record<string, unknown>, text: string) => void;
  /** Told after each stored step, for metrics. */
  readonly observe?: ((step: Step) => void) | undefined;
}

/** What one try is about: records that are sound, dead letters among them, and the offsets around both. */
export interface Span {
  readonly partition: number;
  readonly from: number;
  readonly end: number;
  readonly records: readonly LogRecord[];
  readonly dead: readonly DeadRecord[];
  readonly signal: AbortSignal;
  readonly place: Place;
}
