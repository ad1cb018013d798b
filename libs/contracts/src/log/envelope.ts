/** A message on the log: a CloudEvent 1.0 (structured JSON) plus W3C trace context. */
export interface Envelope<T = unknown> {
  readonly specversion: '1.0';
  readonly id: string;
  /** The topic's name, e.g. `event.accepted`. */
  readonly type: string;
  /** The service that speaks, e.g. `/assay/ingestion`. */
  readonly source: string;
  readonly time: string;
  /** What it is about; also the key that orders messages and chooses the partition. */
  readonly subject: string;
  readonly datacontenttype: 'application/json';
  /** Project the message belongs to; absent when it concerns the whole installation. */
  readonly scope?: string;
  readonly traceparent?: string;
  readonly data: T;
}
