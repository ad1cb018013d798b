import { PERMISSIONS, type RESOURCE_ACTIONS, type BuiltInRole, type Permission } from '@assay/contracts';

interface RoleDefinition {
  readonly description: string;
  readonly permissions: readonly Permission[];
}

const EXPERIMENTATION = [
  'experiment',
  'feature_flag',
  'segment',
  'list',
  'assignment',
  'event',
  'definition',
  'result',
] as const;

const of = (resources: readonly (keyof typeof RESOURCE_ACTIONS)[]): Permission[] =>
  PERMISSIONS.filter((name) => resources.some((resource) => name.startsWith(`${resource}:`)));

const READ_EVERYTHING_ABOUT_EXPERIMENTS: readonly Permission[] = [
  'experiment:read',
  'feature_flag:read',
  'segment:read',
  'list:read',
  'assignment:read',
  'definition:read',
  'result:read',
  'project:read',
];

/** What the built-in roles may do. An installation gets what a new version adds here at its next start. */
export const BUILT_IN_ROLE_DEFINITIONS: Readonly<Record<BuiltInRole, RoleDefinition>> = {
  admin: { description: 'Everything, users and keys included', permissions: PERMISSIONS },
  editor: {
    description: 'Makes and runs experiments, flags, segments and lists',
    permissions: [
      ...of(EXPERIMENTATION),
      'project:read',
      'user:read',
      'role:read',
      'permission:read',
      'api_key:read',
      'audit:read',
    ],
  },
  analyst: {
    description: 'Reads everything about experiments, events and the audit, and replays refused events',
    permissions: [
      ...READ_EVERYTHING_ABOUT_EXPERIMENTS,
      'feature_flag:evaluate',
      'event:read',
      'event:replay',
      'audit:read',
    ],
  },
  viewer: { description: 'Reads experiments, flags and results', permissions: READ_EVERYTHING_ABOUT_EXPERIMENTS },
};
