import type { Topic } from '@assay/contracts';
import { Clock } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import { wholeRecord } from './encoded-record.js';
import { LOG_SETTINGS, type LogSettings } from './log-options.js';
import { LOG_TRANSPORT } from './log-tokens.js';
import type { EncodedRecord, LogTransport } from './log-transport.js';
import { messageId } from './message-id.js';
import type { NewData, NewRecord } from './records.js';
import { fitting } from './record-size.js';
import { traceAppend } from '../tracing/trace-append.js';

/** Writes to the log. */
@Injectable()
export class LogProducer {
  constructor(
    @Inject(LOG_TRANSPORT) private readonly transport: LogTransport,
    @Inject(LOG_SETTINGS) private readonly settings: LogSettings,
    private readonly clock: Clock,
  ) {}

  /**
   * Appends records, in order per key; resolves only when they are durable. Calls made at the same time share a write.
   * On PostgreSQL a call is written whole or not at all, on Kafka what falls on one partition, up to some 900 KB.
   *
   * @throws AppError `unavailable` when the log did not acknowledge within some seconds: the records may or may not be there,
   * send them again with the same ids. `payload_too_large` for a record above 900,000 bytes, before any is sent.
   */
  async append<T>(topic: Topic<T>, records: readonly NewRecord<T>[]): Promise<void> {
    const { source } = this.settings;
    const now = this.clock.now();
    await traceAppend(topic, records.length, (traceparent) =>
      this.transport.append(topic, records.map(encoder(topic, { source, now, traceparent }))),
    );
  }

  /** Resolves when the log can be written to. @throws AppError `unavailable`. */
  check(): Promise<void> {
    return this.transport.check();
  }
}

/** What the envelopes of one append have in common; `traceparent` is what they were made for, unless a record says so itself. */
export interface Occasion {
  readonly source: string;
  readonly now: Date;
  readonly traceparent?: string | undefined;
}

/**
 * Writes records of a topic as envelopes (CloudEvents in JSON). The members that do not differ from record to record are
 * written once per scope.
 */
export function encoder<T>(topic: Topic<T>, occasion: Occasion): (record: NewRecord<T>) => EncodedRecord {
  const heads = new Map<string | undefined, string>();
  const time = occasion.now.toISOString();
  return (record) => {
    if ('envelope' in record) {
      const { subject, scope } = record.envelope;
      return fitting(wholeRecord(subject, scope ?? null, JSON.stringify(record.envelope)));
    }
    const head = heads.get(record.scope) ?? headOf(topic, occasion.source, record.scope);
    heads.set(record.scope, head);
    const id = record.id ?? messageId(occasion.now.getTime());
    const body = bodyOf(record, id, time, record.traceparent ?? occasion.traceparent);
    return fitting({ key: record.key, scope: record.scope ?? null, head, body });
  };
}

function headOf(topic: Topic, source: string, scope: string | undefined): string {
  const { type } = topic;
  return JSON.stringify({ specversion: '1.0', type, source, datacontenttype: 'application/json', scope }).slice(1, -1);
}

function bodyOf({ key, data }: NewData, id: string, time: string, traceparent: string | undefined): string {
  const trace = traceparent === undefined ? undefined : { traceparent };
  return JSON.stringify({ id, time, subject: key, ...trace, data }).slice(1, -1);
}
