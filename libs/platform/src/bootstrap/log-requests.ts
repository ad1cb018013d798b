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

/** A logger that may know that nobody reads what it would write. */
interface LeveledLogger extends LoggerService {
  isLevelEnabled?(level: 'debug'): boolean;
}

export function logRequest(logger: LeveledLogger, call: LoggedRequest): void {
  // Asked first: on the hot lane a line that nobody reads is a good part of the work.
  if (logger.isLevelEnabled?.('debug') === false) return;
  logger.debug?.({ ...call, milliseconds: Math.round(call.milliseconds) }, 'request', 'http');
}
