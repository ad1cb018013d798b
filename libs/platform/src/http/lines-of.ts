import { AppError } from '@assay/contracts';
import type { Readable } from 'node:stream';

/** No single line may be longer; one without end must not fill the memory. */
const LINE_LIMIT = 1_048_576;

/**
 * The lines of a stream of UTF-8 text, as they come.
 *
 * @throws AppError `payload_too_large` for a line of more than a million characters, `validation_failed` for what is not UTF-8.
 */
export async function* linesOf(body: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  for await (const chunk of body) {
    rest += decode(decoder, chunk as Buffer);
    let start = 0;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', start)) {
      yield rest.slice(start, end);
      start = end + 1;
    }
    rest = rest.slice(start);
    if (rest.length > LINE_LIMIT) {
      throw new AppError('payload_too_large', 'payload_too_large', `A line is longer than ${LINE_LIMIT} characters.`);
    }
  }
  rest += decode(decoder, undefined);
  if (rest !== '') yield rest;
}

function decode(decoder: InstanceType<typeof TextDecoder>, chunk: Buffer | undefined): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch (cause) {
    throw new AppError('validation', 'validation_failed', 'The body is not UTF-8.', { cause });
  }
}
