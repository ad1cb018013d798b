import { AppError } from '@assay/contracts';
import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** How much of a refused body is still read, so that the client gets the answer and not a broken connection. */
export const DRAIN_LIMIT = 16 * 1024 * 1024;

/**
 * The body as the client meant it: unpacked if it came packed. A damaged one ends in an AppError of kind `validation`.
 *
 * @throws AppError `unsupported_media_type` for an encoding we cannot unpack.
 */
export function unpacked(body: Readable, encoding: string | undefined): Readable {
  const unpack = unpackerOf(encoding);
  if (unpack === undefined) return body;
  const refuse = (error: Error): AppError =>
    AppError.validation([{ path: '', message: `The ${encoding} body cannot be unpacked: ${error.message}` }]);
  const given = unpack.destroy.bind(unpack);
  unpack.destroy = (error?: Error) => given(error === undefined || error instanceof AppError ? error : refuse(error));
  pipeline(body, unpack, () => undefined);
  return unpack;
}

function unpackerOf(encoding: string | undefined) {
  switch (encoding?.trim().toLowerCase() ?? 'identity') {
    case 'identity':
    case '':
      return undefined;
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      throw new AppError(
        'unsupported_media_type',
        'unsupported_media_type',
        `Content-Encoding '${encoding}' is not supported; use gzip.`,
      );
  }
}

/**
 * All bytes of a body.
 *
 * @throws AppError `payload_too_large` when there are more than `limit`, counted unpacked.
 */
export async function readBody(body: Readable, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let received = 0;
  // The rest of a body that is refused is still to be read away: it must not be destroyed.
  for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    received += chunk.length;
    if (received <= limit) chunks.push(chunk);
    else if (received > limit + DRAIN_LIMIT) break;
    else chunks.length = 0;
  }
  if (received > limit) {
    throw new AppError(
      'payload_too_large',
      'payload_too_large',
      `The body may have ${limit} bytes (unpacked) at most. Send it in smaller parts.`,
    );
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, received);
}
