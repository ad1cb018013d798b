import type { RawRecord } from '../log/log-transport.js';

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
}
