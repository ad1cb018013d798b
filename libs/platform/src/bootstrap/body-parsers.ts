import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import { receivedBody } from '../hot-lane/received-body.js';
import { jsonOf } from './json-of.js';
import { readBody, unpacked } from './read-body.js';

/**
 * What a body may be: JSON (and its relatives such as merge-patch), read and parsed; NDJSON, handed on as a stream of
 * unpacked bytes, without limit. Everything else is 415.
 */
export function useBodyParsers(fastify: FastifyInstance, bodyLimit: number): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    /^application\/(?:[\w.-]+\+)?json\b/i,
    async (request: FastifyRequest, payload: Readable) => {
      const received = receivedBody(request.raw);
      const encoding = request.headers['content-encoding'];
      return jsonOf(received ?? (await readBody(unpacked(payload, encoding), bodyLimit)));
    },
  );
  fastify.addContentTypeParser(/^application\/(?:x-)?ndjson\b/i, (request: FastifyRequest, payload: Readable, done) => {
    done(null, unpacked(payload, request.headers['content-encoding']));
  });
}
