import type { FastifyInstance, FastifyRequest } from 'fastify';
import { traceIdOf } from '../bootstrap/trace-id.js';
import { withTrace, type TraceContext } from './trace-context.js';
import { tracing, type RunningSpan } from './tracing.js';

const spans = new WeakMap<FastifyRequest, RunningSpan>();

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
    const span = spans.get(request);
    if (span !== undefined) {
      span.set({ 'http.response.status_code': reply.statusCode });
      span.end(reply.statusCode >= 500 ? { code: String(reply.statusCode) } : undefined);
    }
    done();
  });
}

function traceOf(request: FastifyRequest): TraceContext {
  const header = request.headers['traceparent'];
  const given = typeof header === 'string' && traceIdOf(header) !== undefined ? header : undefined;
  const tracer = tracing();
  if (tracer === undefined || isOperational(request)) {
    return given === undefined ? { traceId: request.id } : { traceId: request.id, traceparent: given };
  }
  const { method } = request;
  const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
  const attributes = { 'http.request.method': method, 'http.route': route };
  const span = tracer.start({ name: `${method} ${route}`, kind: 'server', parent: given, attributes });
  request.id = span.traceId;
  spans.set(request, span);
  return span;
}

const isOperational = ({ url }: FastifyRequest): boolean => url.startsWith('/health/') || url === '/metrics';
