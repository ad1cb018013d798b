/** Actions by resource. A permission's name is `resource:action`. */
export const RESOURCE_ACTIONS = {
  experiment: ['create', 'read', 'update', 'delete'],
  feature_flag: ['create', 'read', 'update', 'delete', 'evaluate'],
  segment: ['create', 'read', 'update', 'delete'],
  list: ['create', 'read', 'update', 'delete'],
  assignment: ['create', 'read'],
  event: ['create', 'read', 'replay'],
  definition: ['read'],
  result: ['read'],
  user: ['create', 'read', 'update', 'delete'],
  role: ['create', 'read', 'update', 'delete'],
  permission: ['read'],
  project: ['create', 'read', 'update', 'delete'],
  api_key: ['create', 'read', 'update', 'delete'],
  audit: ['read'],
  dead_letter: ['read', 'replay', 'discard'],
} as const;

type Resources = typeof RESOURCE_ACTIONS;
export type Permission = { [R in keyof Resources]: `${R}:${Resources[R][number]}` }[keyof Resources];

/** Every permission there is, in a stable order. */
export const PERMISSIONS: readonly Permission[] = Object.entries(RESOURCE_ACTIONS).flatMap(([resource, actions]) =>
  actions.map((action) => `${resource}:${action}` as Permission),
);

/** What an api key may do, by its kind. A personal key may do what its user may. */
export const KEY_PERMISSIONS = {
  server: ['feature_flag:evaluate', 'definition:read', 'assignment:create', 'assignment:read', 'event:create'],
  client: ['feature_flag:evaluate', 'event:create'],
} as const satisfies Record<'server' | 'client', readonly Permission[]>;
