import { PERMISSIONS, type Role as RoleAnswer } from '@assay/contracts';
import type { Role } from '@assay/models';

/** A role as the API answers it; its permissions must be loaded. */
export function roleView(role: Role): RoleAnswer {
  const held = new Set(role.permissions.getItems().map(({ name }) => name));
  return {
    id: role.id,
    name: role.name,
    description: role.description,
    permissions: PERMISSIONS.filter((name) => held.has(name)),
    builtIn: role.isBuiltIn,
    createdAt: role.createdAt.toISOString(),
    updatedAt: role.updatedAt.toISOString(),
    version: role.version,
  };
}
