import type { FastifyInstance } from 'fastify';
import type { Metrics } from './metrics.js';
import type { RequestDurations } from './request-durations.js';

/** `/metrics` in the format of Prometheus. */
export function serveMetrics(fastify: FastifyInstance, metrics: Metrics, durations: RequestDurations): void {
  fastify.get('/metrics', async (_request, reply) => {
    const told = `${await metrics.registry.metrics()}\n${durations.exposition()}`;
    return reply.header('content-type', metrics.registry.contentType).send(told);
  });
}

/** Rate, errors and duration of each route; addresses that no route knows are one label, not a thousand. */
export function measureRequests(fastify: FastifyInstance, durations: RequestDurations): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown');
    durations.record(request.method, route, reply.statusCode, reply.elapsedTime / 1_000);
    done();
  });
}
