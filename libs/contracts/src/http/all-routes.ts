import { assignmentRoutes } from '../assignments/routes.js';
import { deadLetterRoutes } from '../dead-letters/routes.js';
import { eventRoutes, ingestionRoutes } from '../events/routes.js';
import { experimentRoutes } from '../experiments/routes.js';
import { ofrepRoutes } from '../flags/ofrep.js';
import { flagRoutes } from '../flags/routes.js';
import { identityRoutes } from '../identity/routes.js';
import { resultRoutes } from '../results/routes.js';
import type { RouteShape } from './route.js';

/** Who answers which call: what the gateway routes by and what the OpenAPI document lists. */
export const routesOfService = {
  identity: identityRoutes,
  experiments: experimentRoutes,
  flags: flagRoutes,
  assignment: [...assignmentRoutes, ...ofrepRoutes],
  ingestion: ingestionRoutes,
  analysis: [...resultRoutes, ...eventRoutes, ...deadLetterRoutes],
} as const satisfies Record<string, readonly RouteShape[]>;

/** Every call of the public interface. */
export const allRoutes: readonly RouteShape[] = Object.values(routesOfService).flat();
