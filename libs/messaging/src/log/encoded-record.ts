import type { EncodedRecord } from './log-transport.js';

/** The envelope as one JSON object. */
export const jsonOf = ({ head, body }: EncodedRecord): string => (head === '' ? `{${body}}` : `{${head},${body}}`);

/** A record of which the whole envelope is JSON text already. */
export const wholeRecord = (key: string, scope: string | null, json: string): EncodedRecord => ({
  key,
  scope,
  head: '',
  body: json.trim().slice(1, -1),
});
