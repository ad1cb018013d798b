import { z } from 'zod';
import type { AppError, ErrorKind } from './app-error.js';

/** HTTP status of each kind of failure. */
export const STATUS_OF_KIND = {
  validation: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  precondition_failed: 412,
  payload_too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  unavailable: 503,
  internal: 500,
} as const satisfies Record<ErrorKind, number>;

/** RFC 9457 problem document, the body of every error answer. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    traceId: z.string().optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;

const TITLES: Record<ErrorKind, string> = {
  validation: 'The request is not valid',
  unauthenticated: 'Not authenticated',
  forbidden: 'Not allowed',
  not_found: 'Not found',
  conflict: 'In conflict with the current state',
  precondition_failed: 'The resource has changed meanwhile',
  payload_too_large: 'The body is too large',
  unsupported_media_type: 'The media type is not supported',
  rate_limited: 'Too many requests',
  unavailable: 'Temporarily unavailable',
  internal: 'Something went wrong on our side',
};

/** The problem document of an error. A 5xx carries no internals: pass `detail` texts that are fit to be shown. */
export function toProblem(error: AppError, traceId?: string): Problem {
  return {
    type: `urn:assay:problem:${error.code}`,
    title: TITLES[error.kind],
    status: STATUS_OF_KIND[error.kind],
    detail: error.message,
    code: error.code,
    ...(error.errors.length > 0 ? { errors: [...error.errors] } : {}),
    ...(traceId === undefined ? {} : { traceId }),
  };
}
