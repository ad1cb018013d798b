import type { RouteShape } from '@assay/contracts';
import { HttpCode, RequestMapping, RequestMethod, SetMetadata, applyDecorators } from '@nestjs/common';

/** Metadata key under which a handler's route description is found. */
export const ROUTE = 'assay:route';

/**
 * Binds a controller method to a route of the contracts: method, path, status, and (through the metadata) permission,
 * scope and schemas, which the guard and `@Input()` read.
 */
export function Endpoint(route: RouteShape): MethodDecorator {
  return applyDecorators(
    RequestMapping({ path: route.path, method: RequestMethod[route.method] }),
    HttpCode(route.success.status),
    SetMetadata(ROUTE, route),
  );
}
