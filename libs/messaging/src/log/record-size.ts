import { AppError } from '@assay/contracts';
import type { EncodedRecord } from './log-transport.js';

/** Longest record, key and envelope, in bytes of UTF-8: with what is written around it, it fits a broker with default settings. */
export const RECORD_BYTES = 900_000;

/** No UTF-16 unit takes more in UTF-8. */
const BYTES_OF_A_UNIT = 3;

/** The record. @throws AppError `payload_too_large` for one that no broker would take. */
export function fitting(record: EncodedRecord): EncodedRecord {
  const { key, head, body } = record;
  // Nearly every record is short: its bytes need not be counted.
  if ((key.length + head.length + body.length) * BYTES_OF_A_UNIT <= RECORD_BYTES) return record;
  const bytes = bytesOf(record);
  if (bytes <= RECORD_BYTES) return record;
  throw new AppError(
    'payload_too_large',
    'payload_too_large',
    `A message of ${bytes} bytes does not fit: ${RECORD_BYTES} at most.`,
  );
}

const bytesOf = ({ key, head, body }: EncodedRecord): number =>
  Buffer.byteLength(key) + Buffer.byteLength(head) + Buffer.byteLength(body);
