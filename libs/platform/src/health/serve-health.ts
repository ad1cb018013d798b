import type { FastifyInstance } from 'fastify';
import type { HealthChecks } from './health-checks.js';

/** `/health/live`: the process answers. `/health/ready`: it can do its work (200), or what keeps it from it (503). */
export function serveHealth(fastify: FastifyInstance, checks: HealthChecks): void {
  fastify.get('/health/live', (_request, reply) => reply.send({ status: 'live' }));
  fastify.get('/health/ready', async (_request, reply) => {
    const readiness = await checks.run();
    return reply
      .status(readiness.status === 'ready' ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(readiness);
  });
}
