import type { RouteShape } from '@assay/contracts';
import type { IncomingHttpHeaders } from 'node:http';

/** Whether sending a request twice has no other effect than sending it once. */
export function isRepeatable(route: RouteShape, headers: IncomingHttpHeaders): boolean {
  if (route.method === 'GET' || route.repeatable === true) return true;
  return route.idempotent !== undefined && headers['idempotency-key'] !== undefined;
}
