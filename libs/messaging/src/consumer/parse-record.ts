import { fieldErrors, type Envelope, type Topic } from '@assay/contracts';
import type { RawRecord } from '../log/log-transport.js';
import type { LogRecord } from '../log/records.js';

/** Why a record cannot be handled by anybody: it goes to the dead letters at once. */
export interface Malformed {
  readonly code: 'not_json' | 'not_an_envelope' | 'wrong_version' | 'wrong_type' | 'schema_mismatch';
  readonly message: string;
}

export type Parsed = { readonly record: LogRecord } | { readonly malformed: Malformed };

/** Checks a record against the envelope and its topic; `check` stands in for the topic's schema where that is too slow. */
export function parseRecord(topic: Topic, raw: RawRecord, check?: (data: unknown) => boolean): Parsed {
  if (raw.malformed !== undefined) return refuse('not_json', raw.malformed);
  const envelope = raw.value;
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
  if (check !== undefined) {
    if (!check(sound.data)) return refuse('schema_mismatch', 'data: does not have the fields of this topic.');
    return { record: { offset: raw.offset, key: sound.subject, envelope: sound } };
  }
  const parsed = topic.schema.safeParse(sound.data);
  if (!parsed.success) return refuse('schema_mismatch', complaints(parsed.error));
  return { record: { offset: raw.offset, key: sound.subject, envelope: { ...sound, data: parsed.data } } };
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
