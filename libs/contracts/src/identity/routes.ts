import type { RouteShape } from '../http/route.js';
import { createApiKey, getApiKey, listApiKeys, revokeApiKey, updateApiKey } from './api-keys.js';
import { listAuditEntries } from './audit-log.js';
import { changePassword, getMe, logIn, logOut, refreshTokens, updateMe } from './auth.js';
import {
  createEnvironment,
  createProject,
  deleteEnvironment,
  deleteProject,
  getEnvironment,
  getProject,
  listEnvironments,
  listProjects,
  updateEnvironment,
  updateProject,
} from './projects.js';
import { createRole, deleteRole, getRole, listPermissions, listRoles, updateRole } from './roles.js';
import { createUser, deleteUser, getUser, listUsers, updateUser } from './users.js';

/** Every call of the identity service. */
export const identityRoutes: readonly RouteShape[] = [
  logIn,
  refreshTokens,
  logOut,
  getMe,
  updateMe,
  changePassword,
  listUsers,
  createUser,
  getUser,
  updateUser,
  deleteUser,
  listRoles,
  createRole,
  getRole,
  updateRole,
  deleteRole,
  listPermissions,
  listProjects,
  createProject,
  getProject,
  updateProject,
  deleteProject,
  listEnvironments,
  createEnvironment,
  getEnvironment,
  updateEnvironment,
  deleteEnvironment,
  listApiKeys,
  createApiKey,
  getApiKey,
  updateApiKey,
  revokeApiKey,
  listAuditEntries,
];
