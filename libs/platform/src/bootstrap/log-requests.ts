import type { LoggerService } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

/** What the log says of a request that was answered. */
export interface LoggedRequest {
  readonly method: string;
  /** The pattern, never the address: that may hold a secret. */
  readonly route: string | undefined;
  readonly status: number;
  readonly milliseconds: number;
  readonly traceId: string;
}

/** A line for each request that Fastify answers, at level `debug`. */
export function logRequests(fastify: FastifyInstance, logger: LoggerService): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const { method, id: traceId } = request;
    const route = request.routeOptions.url;
    logRequest(logger, { method, route, status: reply.statusCode, milliseconds: reply.elapsedTime, traceId });
    done();
  });
}

export function logRequest(logger: LoggerService, call: LoggedRequest): void {
  logger.debug?.({ ...call, milliseconds: Math.round(call.milliseconds) }, 'request', 'http');
}
