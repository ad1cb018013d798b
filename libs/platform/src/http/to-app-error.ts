import { AppError, STATUS_OF_KIND, type ErrorKind } from '@assay/contracts';
import { HttpException } from '@nestjs/common';
import { asUnavailable } from '../database/connection-errors.js';

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
