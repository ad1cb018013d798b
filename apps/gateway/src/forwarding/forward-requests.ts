import { routesOfService, type RouteShape } from '@assay/contracts';
import { answerProblem, currentTrace, readBody } from '@assay/platform';
import { Logger } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { requestHeaders, responseHeaders } from './forwarded-headers.js';
import { isRepeatable } from './is-repeatable.js';
import type { ServiceLink } from './service-link.js';

export type ServiceName = keyof typeof routesOfService;
export type ServiceLinks = Readonly<Record<ServiceName, ServiceLink>>;

/** Packed or not: what a service takes unpacked never is longer. Streams have no limit. */
const BODY_LIMIT = 1_048_576;

/**
 * Sends every call of the public interface on to the service that answers it. Bodies pass as they are: small ones are kept
 * until the service has taken them, so that they can be sent again; NDJSON and all answers flow through.
 */
export async function forwardRequests(fastify: FastifyInstance, links: ServiceLinks): Promise<void> {
  await fastify.register((scope, _options, done) => {
    passBodies(scope);
    const logger = new Logger('gateway');
    scope.setErrorHandler((error, request, reply) => answerProblem(error, request, reply, logger));
    for (const [service, routes] of Object.entries(routesOfService)) {
      const link = links[service as ServiceName];
      for (const route of routes as readonly RouteShape[]) {
        const { method, path: url } = route;
        scope.route({ method, url, handler: (request, reply) => forward(link, route, request, reply) });
      }
    }
    done();
  });
}

/** In this scope nothing is parsed. */
function passBodies(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(/^application\/(?:x-)?ndjson\b/i, (_request: FastifyRequest, payload: Readable, done) => {
    done(null, payload);
  });
  scope.addContentTypeParser('*', (_request: FastifyRequest, payload: Readable) => readBody(payload, BODY_LIMIT));
}

async function forward(
  link: ServiceLink,
  route: RouteShape,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  const { ip, protocol, host, id: traceId } = request;
  const origin = { ip, protocol, host, traceId, traceparent: currentTrace()?.traceparent };
  const answer = await link.send({
    method: request.method,
    path: request.raw.url ?? '/',
    headers: requestHeaders(request.headers, origin),
    body: (request.body as Buffer | Readable | undefined) ?? null,
    repeatable: isRepeatable(route, request.headers),
    endless: request.headers.accept?.includes('text/event-stream') === true,
    answerMilliseconds: request.body instanceof Readable ? route.streamAnswerMs : undefined,
    signal: gone.signal,
  });
  return reply.status(answer.statusCode).headers(responseHeaders(answer.headers)).send(answer.body);
}
