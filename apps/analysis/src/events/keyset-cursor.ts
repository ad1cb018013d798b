import { AppError } from '@assay/contracts';

/** Where a list by time went on: the row that was last. */
export interface TimeCursor {
  /** RFC 3339 with the server's full precision. */
  readonly at: string;
  readonly id: string;
}

const TIME = /^\d{4}-\d\d-\d\d[T ][\d:.+-]+Z?$/;
const UUID = /^[0-9a-f-]{36}$/;

export const writeTimeCursor = (cursor: TimeCursor): string =>
  Buffer.from(JSON.stringify([cursor.at, cursor.id])).toString('base64url');

/** @throws AppError `validation_failed` when the text is not a cursor of ours. */
export function readTimeCursor(text: string): TimeCursor {
  try {
    const [at, id] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown[];
    if (typeof at === 'string' && typeof id === 'string' && TIME.test(at) && UUID.test(id)) return { at, id };
  } catch {
    // not JSON: the same complaint
  }
  throw AppError.field('cursor', 'is not a nextCursor of this list');
}
