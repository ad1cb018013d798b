import { fieldErrors, type Envelope, type Topic } from '@assay/contracts';
import type { RawRecord } from '../log/log-transport.js';
import type { LogRecord } from '../log/records.js';

/** Why a record cannot be handled by anybody: it goes to the dead letters at once. */
export interface Malformed {
  readonly code: 'not_json' | 'not_an_envelope' | 'wrong_version' | 'wrong_type' | 'schema_mismatch';
  readonly message: string;
}

export type Parsed = { readonly record: LogRecord } | { readonly malformed: Malformed };

/** Reads the data of a hot topic in place of its schema, which would take too long; undefined for what cannot be handled. */
export type ReadData = (data: unknown) => unknown;

/** Checks a record against the envelope and its topic. */
export function parseRecord(topic: Topic, raw: RawRecord, read?: ReadData): Parsed {
  const content = raw.read();
  if ('malformed' in content) return refuse('not_json', content.malformed);
  const envelope = content.value;
  if (!isObject(envelope)) return refuse('not_an_envelope', 'The message is not a JSON object.');
  if (envelope['specversion'] !== '1.0') {
    return refuse(
      'wrong_version',
      `specversion: must be "1.0", is ${JSON.stringify(envelope['specversion']) ?? 'missing'}.`,
    );
  }
  if (envelope['type'] !== topic.type) {
    return refuse('wrong_type', `type: must be "${topic.type}", is ${JSON.stringify(envelope['type']) ?? 'missing'}.`);
  }
  if (typeof envelope['subject'] !== 'string' || typeof envelope['id'] !== 'string') {
    return refuse('not_an_envelope', 'id and subject: must be strings.');
  }
  const sound = envelope as unknown as Envelope;
  if (read !== undefined) {
    const data = read(sound.data);
    if (data === undefined) return refuse('schema_mismatch', 'data: does not have the fields of this topic.');
    return { record: new HotRecord(raw, data, sound.traceparent) };
  }
  const parsed = topic.schema.safeParse(sound.data);
  if (!parsed.success) return refuse('schema_mismatch', complaints(parsed.error));
  const { data } = parsed;
  const { subject: key, traceparent } = sound;
  return { record: { offset: raw.offset, key, data, envelope: { ...sound, data }, traceparent } };
}

/** Keeps the data, and of the rest only how to get it: a batch has thousands, and nobody asks but for those that failed. */
class HotRecord implements LogRecord {
  constructor(
    private readonly source: RawRecord,
    readonly data: unknown,
    readonly traceparent: string | undefined,
  ) {}

  get offset(): number {
    return this.source.offset;
  }

  get key(): string {
    return this.envelope.subject;
  }

  /** It was sound when it was read the first time. */
  get envelope(): Envelope {
    return (this.source.read() as { value: Envelope }).value;
  }
}

function complaints(error: Parameters<typeof fieldErrors>[0]): string {
  return fieldErrors(error)
    .slice(0, 5)
    .map(({ path, message }) => `data${path === '' ? '' : `.${path}`}: ${message}`)
    .join('; ');
}

function refuse(code: Malformed['code'], message: string): Parsed {
  return { malformed: { code, message } };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
