import type { FastifyInstance } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { DRAIN_LIMIT } from './read-body.js';

/** So long the answer waits for the end of a body that nobody wants any more. */
const DRAIN_MILLISECONDS = 1_000;

/**
 * An answer that comes before the body has been read to its end waits for the rest, if that is little. Otherwise it is the last one of
 * its connection: what the client still sends would keep its next request waiting.
 */
export function readAwayRest(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    if (!isUnread(request.raw)) {
      done();
      return;
    }
    readAway(request.raw, () => {
      if (!request.raw.readableEnded) {
        void reply.header('connection', 'close');
        if (reply.raw.socket !== null) linger(reply.raw.socket);
      }
      done();
    });
  });
}

function isUnread({ headers, readableEnded }: IncomingMessage): boolean {
  if (readableEnded) return false;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/**
 * The end of such a connection: no more is written, and what still comes is read for a moment. Closed at once, a connection with
 * unread bytes is reset, and the client may never see its answer.
 */
function linger(socket: Socket): void {
  socket.destroySoon = () => {
    socket.end();
    const timer = setTimeout(() => socket.destroy(), DRAIN_MILLISECONDS);
    socket.once('end', () => socket.destroy()).once('close', () => clearTimeout(timer));
  };
}

/** Calls back once, at the end of the body or when that is too far. What comes later is passed over as well. */
function readAway(body: IncomingMessage, done: () => void): void {
  if (body.destroyed) {
    done();
    return;
  }
  let received = 0;
  let isOver = false;
  const finish = (): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    done();
  };
  const timer = setTimeout(finish, DRAIN_MILLISECONDS);
  body.once('end', finish).once('close', finish).once('error', finish);
  body.unpipe();
  body.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (received > DRAIN_LIMIT) finish();
  });
  body.resume();
}
