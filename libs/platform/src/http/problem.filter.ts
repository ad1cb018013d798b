import { AppError, STATUS_OF_KIND, toProblem, type ErrorKind } from '@assay/contracts';
import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { asUnavailable } from '../database/connection-errors.js';
import type { AssayRequest } from './call.js';

/** The one place where an error becomes an HTTP answer: `application/problem+json`, no internals in a 5xx. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<AssayRequest>();
    const reply = http.getResponse<FastifyReply>();
    const traceId = request.traceId ?? request.id;
    const appError = toAppError(error);
    const status = STATUS_OF_KIND[appError.kind];
    if (appError.kind === 'internal') {
      this.logger.error(
        { err: error, traceId, method: request.method, route: request.routeOptions.url },
        'request failed',
      );
    }
    if (reply.sent) return;
    if (appError.retryAfter !== undefined) void reply.header('retry-after', String(appError.retryAfter));
    if (status === 401) void reply.header('www-authenticate', 'Bearer');
    void reply.status(status).header('content-type', 'application/problem+json').send(toProblem(appError, traceId));
  }
}

const KIND_OF_STATUS = new Map<number, ErrorKind>(
  Object.entries(STATUS_OF_KIND).map(([kind, status]) => [status, kind as ErrorKind]),
);

/** Any thrown value as an AppError: ours as it is, a lost database as 503, framework errors by their status. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const unavailable = asUnavailable(error);
  if (unavailable !== undefined) return unavailable;
  const status = statusOf(error);
  const kind = status === undefined ? undefined : KIND_OF_STATUS.get(status);
  if (kind !== undefined && kind !== 'internal') return frameworkError(kind, error);
  return new AppError('internal', 'internal', 'The request failed on our side. The trace id finds it in the logs.', {
    cause: error,
  });
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

function frameworkError(kind: ErrorKind, error: unknown): AppError {
  const message = error instanceof Error ? error.message : String(error);
  if (kind === 'validation')
    return new AppError(kind, 'validation_failed', message, { errors: [{ path: '', message }] });
  if (kind === 'not_found') return new AppError(kind, 'not_found', 'There is nothing at this address.');
  return new AppError(kind, kind, message);
}
