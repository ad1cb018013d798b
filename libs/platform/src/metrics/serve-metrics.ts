import type { FastifyInstance } from 'fastify';
import type { Metrics } from './metrics.js';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** `/metrics` in the format of Prometheus. */
export function serveMetrics(fastify: FastifyInstance, metrics: Metrics): void {
  fastify.get('/metrics', async (_request, reply) =>
    reply.header('content-type', metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
}

/** The histogram of all requests that a process answers. */
export const requestDurations = (metrics: Metrics) =>
  metrics.histogram(
    'http_server_request_duration_seconds',
    'Duration of HTTP requests',
    ['method', 'route', 'status'],
    SECONDS,
  );
export type RequestDurations = ReturnType<typeof requestDurations>;

/** Rate, errors and duration of each route; addresses that no route knows are one label, not a thousand. */
export function measureRequests(fastify: FastifyInstance, durations: RequestDurations): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
    durations.observe({ method: request.method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1_000);
    done();
  });
}
