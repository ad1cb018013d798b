import { ApiKey } from './api-key.entity.js';
import { AuditEntry } from './audit-entry.entity.js';
import { Environment } from './environment.entity.js';
import { Permission } from './permission.entity.js';
import { Project } from './project.entity.js';
import { RolePermission } from './role-permission.entity.js';
import { RoleUser } from './role-user.entity.js';
import { Role } from './role.entity.js';
import { Session } from './session.entity.js';
import { User } from './user.entity.js';

export { API_KEY_KINDS, ApiKey, type ApiKeyKind } from './api-key.entity.js';
export { ACTOR_KINDS, AuditEntry, type ActorKind } from './audit-entry.entity.js';
export { Environment, Permission, Project, Role, RolePermission, RoleUser, Session, User };

/** The tables that only the identity service writes. */
export const identityEntities = [
  User,
  Role,
  Permission,
  RoleUser,
  RolePermission,
  Project,
  Environment,
  ApiKey,
  Session,
  AuditEntry,
];
