import { STATUS_OF_KIND, type AppError } from '@assay/contracts';
import { ProblemFilter, toAppError, type AssayRequest } from '@assay/platform';
import { Catch, type ArgumentsHost } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

/**
 * Failures of OFREP calls that come before their handler (a body that is no JSON, or too large) or out of it, in OFREP's own
 * shapes. Who may not ask, and everything that is not OFREP, gets the problem document.
 */
@Catch()
export class OfrepFilter extends ProblemFilter {
  override catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<AssayRequest>();
    const body = request.url.startsWith('/ofrep/') ? bodyOf(toAppError(error), request.params) : undefined;
    if (body === undefined) {
      super.catch(error, host);
      return;
    }
    const reply = http.getResponse<FastifyReply>();
    if (!reply.sent) void reply.status(400).header('content-type', 'application/json').send(body);
  }
}

const CODES: Partial<Record<AppError['kind'], string>> = {
  validation: 'PARSE_ERROR',
  unsupported_media_type: 'PARSE_ERROR',
  payload_too_large: 'INVALID_CONTEXT',
};

function bodyOf(error: AppError, params: unknown): object | undefined {
  const errorCode = CODES[error.kind];
  if (errorCode === undefined || STATUS_OF_KIND[error.kind] >= 500) return undefined;
  const key: unknown = typeof params === 'object' && params !== null ? Reflect.get(params, 'key') : undefined;
  return { ...(typeof key === 'string' ? { key } : {}), errorCode, errorDetails: error.message };
}
