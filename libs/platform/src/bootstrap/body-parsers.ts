import { AppError } from '@assay/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isUtf8 } from 'node:buffer';
import type { Readable } from 'node:stream';
import { parseJson } from './parse-json.js';
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
      const body = await readBody(unpacked(payload, request.headers['content-encoding']), bodyLimit);
      if (body.length === 0) return undefined;
      if (!isUtf8(body)) throw AppError.validation([{ path: '', message: 'The body is not UTF-8' }]);
      return parseJson(body.toString('utf8'));
    },
  );
  fastify.addContentTypeParser(/^application\/(?:x-)?ndjson\b/i, (request: FastifyRequest, payload: Readable, done) => {
    done(null, unpacked(payload, request.headers['content-encoding']));
  });
}
