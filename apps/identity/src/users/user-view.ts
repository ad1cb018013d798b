import { PERMISSIONS, parseOrThrow, Preferences, type Me, type User as UserAnswer } from '@assay/contracts';
import type { User } from '@assay/models';

/** A user as the API answers it; its roles must be loaded. */
export function userView(user: User): UserAnswer {
  return {
    id: user.id,
    username: user.username,
    email: user.email,
    fullName: user.fullName,
    isActive: user.isActive,
    isSuperuser: user.isSuperuser,
    lastLogin: user.lastLogin?.toISOString() ?? null,
    preferences: parseOrThrow(Preferences, user.preferences),
    roles: user.roles
      .getItems()
      .map(({ name }) => name)
      .sort(),
    createdAt: user.createdAt.toISOString(),
    updatedAt: user.updatedAt.toISOString(),
    version: user.version,
  };
}

/** The same with what the user may do; roles and their permissions must be loaded. */
export function meView(user: User): Me {
  const held = new Set(user.roles.getItems().flatMap((role) => role.permissions.getItems().map(({ name }) => name)));
  return { ...userView(user), permissions: PERMISSIONS.filter((name) => user.isSuperuser || held.has(name)) };
}
