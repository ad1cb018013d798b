import { STATUS_OF_KIND, toProblem } from '@assay/contracts';
import type { LoggerService } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { AssayRequest } from './call.js';
import { toAppError } from './to-app-error.js';

/** Answers a failed request with a problem document; what is our own fault goes into the log with its trace id. */
export function answerProblem(
  error: unknown,
  request: AssayRequest,
  reply: FastifyReply,
  logger: Pick<LoggerService, 'error'>,
): void {
  const traceId = request.traceId ?? request.id;
  const appError = toAppError(error);
  const status = STATUS_OF_KIND[appError.kind];
  if (appError.kind === 'internal') {
    logger.error({ err: error, traceId, method: request.method, route: request.routeOptions.url }, 'request failed');
  }
  if (reply.sent) return;
  if (appError.retryAfter !== undefined) void reply.header('retry-after', String(appError.retryAfter));
  if (status === 401) void reply.header('www-authenticate', 'Bearer');
  void reply.status(status).header('content-type', 'application/problem+json').send(toProblem(appError, traceId));
}
