import type { Envelope, Topic } from '@assay/contracts';
import { messageId } from './message-id.js';
import type { NewRecord } from './records.js';

/** The envelope of a record to append: the given one, or one made around the data. */
export function envelopeOf<T>(
  topic: Topic<T>,
  record: NewRecord<T>,
  source: string,
  now: Date,
  madeFor?: string,
): Envelope<T> {
  if ('envelope' in record) return record.envelope;
  const traceparent = record.traceparent ?? madeFor;
  return {
    specversion: '1.0',
    id: record.id ?? messageId(now.getTime()),
    type: topic.type,
    source,
    time: now.toISOString(),
    subject: record.key,
    datacontenttype: 'application/json',
    ...(record.scope === undefined ? {} : { scope: record.scope }),
    ...(traceparent === undefined ? {} : { traceparent }),
    data: record.data,
  };
}
