import { STATUS_OF_KIND, type AppError } from '@assay/contracts';
import { ProblemFilter, toAppError, type AssayRequest } from '@assay/platform';
import { Catch, Logger, type ArgumentsHost } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

/**
 * Failures of OFREP calls that come before their handler (a body that is no JSON, or too large) or out of it, in OFREP's own
 * shapes. Who may not ask, and everything that is not OFREP, gets the problem document.
 */
@Catch()
export class OfrepFilter extends ProblemFilter {
  private readonly log = new Logger('ofrep');

  override catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<AssayRequest>();
    const appError = toAppError(error);
    const answer = request.url.startsWith('/ofrep/') ? answerOf(appError, request.params) : undefined;
    if (answer === undefined) {
      super.catch(error, host);
      return;
    }
    if (appError.kind === 'internal')
      this.log.error({ err: error, traceId: request.traceId ?? request.id }, 'evaluation failed');
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) return;
    if (appError.retryAfter !== undefined) void reply.header('retry-after', String(appError.retryAfter));
    void reply.status(answer.status).header('content-type', 'application/json').send(answer.body);
  }
}

const CODES: Partial<Record<AppError['kind'], string>> = {
  validation: 'PARSE_ERROR',
  unsupported_media_type: 'PARSE_ERROR',
  payload_too_large: 'INVALID_CONTEXT',
};

function answerOf(error: AppError, params: unknown): { status: number; body: object } | undefined {
  const status = STATUS_OF_KIND[error.kind];
  if (status >= 500) return { status, body: { errorDetails: error.message } };
  const errorCode = CODES[error.kind];
  if (errorCode === undefined) return undefined;
  const key: unknown = typeof params === 'object' && params !== null ? Reflect.get(params, 'key') : undefined;
  return { status: 400, body: { ...(typeof key === 'string' ? { key } : {}), errorCode, errorDetails: error.message } };
}
