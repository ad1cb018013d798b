import { defineEntity, p } from '@mikro-orm/core';
import { Permission } from './permission.entity.js';
import { Role } from './role.entity.js';

const RolePermissionSchema = defineEntity({
  name: 'RolePermission',
  tableName: 'roles_permissions',
  properties: {
    role: () => p.manyToOne(Role).primary().deleteRule('cascade').index(false),
    permission: () => p.manyToOne(Permission).primary().deleteRule('cascade').index(),
  },
});

/** Junction: a role has a permission. Use `role.permissions` or `permission.roles` rather than this. */
export class RolePermission extends RolePermissionSchema.class {}
RolePermissionSchema.setClass(RolePermission);
