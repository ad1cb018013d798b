import type { Topic } from '@assay/contracts';
import type { Deliver } from '../consumer/delivery.js';
import type { SqlClient } from './transaction.js';

/**
 * A record ready for the wire: its envelope as JSON text, in two parts, so that a transport may store once what many records
 * have in common. `jsonOf` puts them together.
 */
export interface EncodedRecord {
  readonly key: string;
  readonly scope: string | null;
  /** Members of the envelope that are the same for every record of a producer, topic and scope; '' for none. */
  readonly head: string;
  /** The other members. */
  readonly body: string;
}

/** A record as it came from the wire, not yet checked. */
export interface RawRecord {
  readonly offset: number;
  readonly key: string | null;
  readonly scope: string | null;
  /** What stands in it. May parse it anew each time: what is not needed after all is not kept. */
  read(): Content;
  /** The text as it is on the wire, for the dead letter. */
  raw(): string;
}

/** Parsed JSON, or why there is none. */
export type Content = { readonly value: unknown } | { readonly malformed: string };

/** Offsets of a partition: of its first record still kept, and of the one to be written next. */
export interface PartitionEnds {
  readonly partition: number;
  readonly earliest: number;
  readonly next: number;
}

/** A handler's subscription, as a transport sees it. */
export interface Subscription {
  readonly topic: Topic;
  readonly group: string;
  readonly maxBatch: number;
  readonly concurrency: number;
  readonly lingerMs: number;
  /** Handles records of a partition in order and stores the offset. */
  readonly deliver: Deliver;
}

/** A running consumer or tail. */
export interface Running {
  /** Stops reading, lets what is at work finish (at most `graceMs`), releases the partitions. */
  stop(graceMs: number): Promise<void>;
}

export interface RunningConsumer extends Running {
  /** Partitions this process handles at the moment. */
  assigned(): number[];
}

/**
 * The log behind one interface. Offsets of groups are not the transport's business: they are in PostgreSQL on either, so that
 * a handler's transaction can store them with its rows.
 */
export interface LogTransport {
  readonly kind: 'postgres' | 'kafka';
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Resolves when the log can be written to right now. @throws AppError `unavailable`. */
  check(): Promise<void>;
  /** Creates what is missing; never takes partitions away. */
  ensureTopics(topics: readonly Topic[]): Promise<void>;
  /** Durable when it resolves. All records of one call of one partition are in order, together where they are not very long. */
  append(topic: Topic, records: readonly EncodedRecord[]): Promise<void>;
  /** Appends in the caller's transaction, where the log is in the same database. */
  appendWithin?(client: SqlClient, topic: Topic, records: readonly EncodedRecord[]): Promise<void>;
  consume(subscription: Subscription): RunningConsumer;
  /** Every record appended after it resolves (and maybe some of just before), in order per partition. */
  tail(topic: Topic, deliver: (partition: number, record: RawRecord) => Promise<void>): Promise<Running>;
  ends(topic: Topic): Promise<PartitionEnds[]>;
  /** Records at or above the given offsets, counted per scope ('' for none). */
  countByScope(topic: Topic, from: ReadonlyMap<number, number>): Promise<Map<string, number>>;
  /** Reads every record at or above the given offsets once, up to where the partitions end now, where the log is not in the database. */
  read?(
    topic: Topic,
    from: ReadonlyMap<number, number>,
    take: (records: readonly RawRecord[]) => Promise<void>,
  ): Promise<void>;
  /** Deletes what no group needs and retention no longer keeps; returns the number of records. */
  retain(topics: readonly Topic[]): Promise<number>;
}
