import { AppError, type Topic } from '@assay/contracts';
import { Clock } from '@assay/platform';
import { Inject, Injectable } from '@nestjs/common';
import { envelopeOf } from './envelope-of.js';
import { LOG_SETTINGS, type LogSettings } from './log-options.js';
import { LOG_TRANSPORT } from './log-tokens.js';
import type { EncodedRecord, LogTransport } from './log-transport.js';
import type { NewRecord } from './records.js';
import { traceAppend } from '../tracing/trace-append.js';

/** Longest record, as on a broker with default settings. */
const RECORD_CHARS = 900_000;

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
   * Records of one call that fall on one partition stay together; on PostgreSQL a call is written whole or not at all.
   *
   * @throws AppError `unavailable` when the log did not acknowledge within some seconds: the records may or may not be there,
   * send them again with the same ids. `payload_too_large` for a record above 900,000 characters.
   */
  async append<T>(topic: Topic<T>, records: readonly NewRecord<T>[]): Promise<void> {
    const now = this.clock.now();
    await traceAppend(topic, records.length, (traceparent) =>
      this.transport.append(
        topic,
        records.map((record) => encode(topic, record, this.settings.source, now, traceparent)),
      ),
    );
  }

  /** Resolves when the log can be written to. @throws AppError `unavailable`. */
  check(): Promise<void> {
    return this.transport.check();
  }
}

/** A record as it goes on the wire; `traceparent` is what it was made for, unless it says so itself. */
export function encode<T>(
  topic: Topic<T>,
  record: NewRecord<T>,
  source: string,
  now: Date,
  traceparent?: string,
): EncodedRecord {
  const envelope = envelopeOf(topic, record, source, now, traceparent);
  const json = JSON.stringify(envelope);
  if (json.length > RECORD_CHARS) {
    throw new AppError(
      'payload_too_large',
      'payload_too_large',
      `A message of ${json.length} characters does not fit: ${RECORD_CHARS} at most.`,
    );
  }
  return { key: envelope.subject, scope: envelope.scope ?? null, json };
}
