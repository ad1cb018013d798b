import { AppError, fieldErrors, type FieldError, type RouteShape } from '@assay/contracts';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { z } from 'zod';
import type { AssayRequest, Call } from './call.js';
import { checkedKey } from '../idempotency/idempotent-request.js';
import { ROUTE } from './endpoint.decorator.js';
import { parseIfMatch } from './if-match.js';

/** Query parameters that name the scope; the guard resolves them, so the route's own schema does not know them. */
export const SCOPE_PARAMETERS: readonly string[] = ['project', 'environment'];

/**
 * The parsed call, for a method bound with `@Endpoint`. Every part is parsed by its schema; all complaints of params, query
 * and body come back in one answer.
 */
export const Input = createParamDecorator((_data: unknown, context: ExecutionContext): Call<RouteShape> => {
  const route = Reflect.getMetadata(ROUTE, context.getHandler()) as RouteShape;
  const request = context.switchToHttp().getRequest<AssayRequest>();
  const errors: FieldError[] = [];
  const parse = (schema: z.ZodType | undefined, value: unknown): unknown => {
    if (schema === undefined) return undefined;
    const parsed = schema.safeParse(value ?? {});
    if (parsed.success) return parsed.data;
    errors.push(...fieldErrors(parsed.error));
    return undefined;
  };
  const params = parse(route.params, request.params) ?? {};
  const query = parse(route.query, ownQuery(request.query, route, errors)) ?? {};
  const body = route.bodyMode === 'stream' ? request.body : parse(route.body, request.body);
  const key = route.idempotent === 'by-handler' ? request.headers['idempotency-key'] : undefined;
  if (errors.length > 0) throw AppError.validation(errors);
  if (request.assay === undefined) throw new Error(`Route ${route.id} was reached without the authentication guard`);
  return {
    ...request.assay,
    params,
    query,
    body,
    idempotencyKey: key === undefined ? undefined : checkedKey(String(key)),
    ifMatch: parseIfMatch(request.headers['if-match']),
    origin: { ip: request.ip, userAgent: request.headers['user-agent'], traceId: request.traceId ?? request.id },
  };
});

function ownQuery(query: unknown, route: RouteShape, errors: FieldError[]): Record<string, unknown> {
  const entries = Object.entries((query ?? {}) as Record<string, unknown>);
  const own = entries.filter(([name]) => !SCOPE_PARAMETERS.includes(name));
  if (route.query === undefined) errors.push(...own.map(([path]) => ({ path, message: 'is not a known parameter' })));
  return Object.fromEntries(own);
}
