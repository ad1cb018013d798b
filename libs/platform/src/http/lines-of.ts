import { AppError } from '@assay/contracts';
import type { Readable } from 'node:stream';

/** No single line may be longer, in characters; one without end must not fill the memory. */
const LINE_LIMIT = 1_048_576;

/** A line that is longer than any may be: its beginning. The rest is passed over. */
export class OverlongLine {
  readonly reason = `is longer than ${LINE_LIMIT} characters`;

  constructor(readonly beginning: string) {}
}

/**
 * The lines of a stream of UTF-8 text, as they come. The stream is left as it is by who stops before its end, so that the rest can
 * still be read away.
 *
 * @throws AppError `payload_too_large` for a line of more than a million characters, `validation_failed` for what is not UTF-8.
 */
export async function* linesOf(body: Readable): AsyncGenerator<string> {
  for await (const line of anyLinesOf(body)) {
    if (line instanceof OverlongLine) {
      throw new AppError('payload_too_large', 'payload_too_large', `A line ${line.reason}.`);
    }
    yield line;
  }
}

/** The same, with a line that is too long as one of its own kind, handed out as soon as it is known to be. */
export async function* anyLinesOf(body: Readable): AsyncGenerator<string | OverlongLine> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  let passesOver = false;
  for await (const chunk of body.iterator({ destroyOnReturn: false })) {
    rest += decode(decoder, chunk as Buffer);
    let start = 0;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', start)) {
      if (!passesOver) yield lineOf(rest.slice(start, end));
      passesOver = false;
      start = end + 1;
    }
    rest = passesOver ? '' : rest.slice(start);
    if (rest.length > LINE_LIMIT) {
      yield lineOf(rest);
      passesOver = true;
      rest = '';
    }
  }
  rest += decode(decoder, undefined);
  if (rest !== '' && !passesOver) yield lineOf(rest);
}

const lineOf = (text: string): string | OverlongLine =>
  text.length > LINE_LIMIT ? new OverlongLine(text.slice(0, LINE_LIMIT)) : text;

function decode(decoder: InstanceType<typeof TextDecoder>, chunk: Buffer | undefined): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch (cause) {
    throw new AppError('validation', 'validation_failed', 'The body is not UTF-8.', { cause });
  }
}
