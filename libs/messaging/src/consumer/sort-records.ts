import type { Topic } from '@assay/contracts';
import { v7 } from 'uuid';
import type { RawRecord } from '../log/log-transport.js';
import type { LogRecord } from '../log/records.js';
import type { DeadRecord } from './offset-store.js';
import { parseRecord, type ReadData } from './parse-record.js';

/** Parts the records a handler may see from those nobody can read, which become dead letters without a try. */
export function sortRecords(
  topic: Topic,
  raw: readonly RawRecord[],
  read?: ReadData,
): { records: LogRecord[]; dead: DeadRecord[] } {
  const records: LogRecord[] = [];
  const dead: DeadRecord[] = [];
  for (const each of raw) {
    const parsed = parseRecord(topic, each, read);
    if ('record' in parsed) {
      records.push(parsed.record);
    } else {
      const { code, message } = parsed.malformed;
      const { offset, key, scope } = each;
      dead.push({ id: v7(), offset, key, scope, payload: each.raw(), error: message, code, attempts: 1 });
    }
  }
  return { records, dead };
}
