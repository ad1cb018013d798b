import type { Envelope } from '@assay/contracts';

/** A record to append: either the data (the producer makes the envelope) or a finished envelope. */
export type NewRecord<T = unknown> = NewData<T> | { readonly envelope: Envelope<T> };

export interface NewData<T = unknown> {
  /** Orders the records and chooses the partition; becomes the envelope's `subject`. */
  readonly key: string;
  /** Project the record belongs to; by it pending records and dead letters are counted. */
  readonly scope?: string;
  readonly data: T;
  /** Id of the message, made by the producer (UUID v7) unless given. */
  readonly id?: string;
  readonly traceparent?: string;
}

/** A record as a handler sees it. `offset` counts within the partition. */
export interface LogRecord<T = unknown> {
  readonly offset: number;
  readonly key: string;
  readonly data: T;
  /** The whole message. Of hot topics only the data are kept, and it is parsed anew at each look. */
  readonly envelope: Envelope<T>;
  /** Of the trace it was written in, where there is one. */
  readonly traceparent: string | undefined;
}

/** What a batch handler gets: records of one partition in order, all of them parsed and valid. */
export interface LogBatch<T = unknown> {
  readonly topic: string;
  readonly partition: number;
  readonly group: string;
  readonly records: readonly LogRecord<T>[];
}

/** What a tail gets: each record with where it stands. */
export interface TailRecord<T = unknown> extends LogRecord<T> {
  readonly partition: number;
}
