import { AppError } from '@assay/contracts';
import { isUtf8 } from 'node:buffer';
import { parseJson } from './parse-json.js';

/**
 * What a JSON body says; undefined when it is empty.
 *
 * @throws AppError `validation_failed` for what is not UTF-8, not JSON, or not to be let in.
 */
export function jsonOf(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  if (!isUtf8(body)) throw AppError.validation([{ path: '', message: 'The body is not UTF-8' }]);
  return parseJson(body.toString('utf8'));
}
