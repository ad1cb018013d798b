import type { ServerResponse } from 'node:http';
import type { HotAnswer } from './hot-route.js';

/**
 * Sends an answer in one write.
 *
 * @param isLast asks the client to connect anew for its next call
 * @param headers names and values in turn
 */
export function sendAnswer(
  response: ServerResponse,
  { status, text, bytes, etag }: HotAnswer,
  isLast: boolean,
  headers: string[],
): void {
  if (etag !== undefined) headers.push('etag', etag);
  if (isLast) headers.push('connection', 'close');
  if (status === 304) {
    response.writeHead(304, headers).end();
    return;
  }
  const length = bytes ?? Buffer.byteLength(text);
  headers.push('content-type', 'application/json; charset=utf-8', 'content-length', String(length));
  // Text of ASCII alone is written faster as what it is.
  response.writeHead(status, headers).end(text, length === text.length ? 'latin1' : 'utf8');
}
