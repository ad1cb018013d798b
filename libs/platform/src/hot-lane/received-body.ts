import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** Bodies that were read before the ordinary way began. */
const received = new WeakMap<IncomingMessage, Buffer>();

/** Keeps a body for the parser of the ordinary way, since it can be read from the connection only once. */
export function keepBody(request: IncomingMessage, body: Buffer): void {
  received.set(request, body);
}

/** The body, if it was read already. */
export const receivedBody = (request: IncomingMessage): Buffer | undefined => received.get(request);

const PLAIN_JSON = /^application\/json(?:; ?charset=utf-8)?$/i;

/** Whether the body is JSON, neither packed nor of unknown length, of at most `limit` bytes. */
export function isSmallJson(headers: IncomingHttpHeaders, limit: number): boolean {
  if (headers['content-encoding'] !== undefined || headers.expect !== undefined) return false;
  const length = Number(headers['content-length']);
  if (!(length > 0 && length <= limit)) return false;
  const type = headers['content-type'];
  return type === 'application/json' || PLAIN_JSON.test(type ?? '');
}

/** Calls back with the whole body, once it is there; never when the client goes away before. */
export function receive(request: IncomingMessage, done: (body: Buffer) => void): void {
  let body: Buffer | undefined;
  let more: Buffer[] | undefined;
  request.on('data', (chunk: Buffer) => {
    if (body === undefined) body = chunk;
    else (more ??= [body]).push(chunk);
  });
  request.on('end', () => done(more === undefined ? (body ?? Buffer.alloc(0)) : Buffer.concat(more)));
}
