import type { Envelope, Topic } from '@assay/contracts';
import { v7 } from 'uuid';
import type { NewRecord } from './records.js';

/** The envelope of a record to append: the given one, or one made around the data. `time` is RFC 3339. */
export function envelopeOf<T>(topic: Topic<T>, record: NewRecord<T>, source: string, time: string): Envelope<T> {
  if ('envelope' in record) return record.envelope;
  return {
    specversion: '1.0',
    id: record.id ?? v7(),
    type: topic.type,
    source,
    time,
    subject: record.key,
    datacontenttype: 'application/json',
    ...(record.scope === undefined ? {} : { scope: record.scope }),
    ...(record.traceparent === undefined ? {} : { traceparent: record.traceparent }),
    data: record.data,
  };
}
