import type { FastifyInstance, FastifyRequest } from 'fastify';
import { endRequestSpan, givenTrace, requestSpan } from './request-span.js';
import { withTrace, type TraceContext } from './trace-context.js';
import { tracing } from './tracing.js';

/**
 * Gives every request its trace: the caller's if it sent a W3C `traceparent`, else one of its own. What is done for the
 * request, log lines and messages included, knows it through `currentTrace()`. With tracing on, the request is a span.
 * Call before any hook that reads `request.id`.
 */
export function traceRequests(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    withTrace(traceOf(request), done);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    endRequestSpan(request.raw, reply.statusCode);
    done();
  });
}

function traceOf(request: FastifyRequest): TraceContext {
  const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
  const isSpan = tracing() !== undefined && !isOperational(request);
  const span = isSpan ? requestSpan(request.raw, request.method, route) : undefined;
  if (span !== undefined) {
    request.id = span.traceId;
    return span;
  }
  const traceparent = givenTrace(request.raw);
  return { traceId: request.id, ...(traceparent === undefined ? {} : { traceparent }) };
}

const isOperational = ({ url }: FastifyRequest): boolean => url.startsWith('/health/') || url === '/metrics';
