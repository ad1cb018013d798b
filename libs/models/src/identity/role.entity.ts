import { defineEntity, p } from '@mikro-orm/core';
import { BaseEntity } from '../base/base.entity.js';
import { Permission } from './permission.entity.js';
import { RolePermission } from './role-permission.entity.js';
import { User } from './user.entity.js';

const RoleSchema = defineEntity({
  name: 'Role',
  tableName: 'roles',
  extends: BaseEntity,
  properties: {
    name: p.text().unique(),
    description: p.text().default(''),
    isBuiltIn: p.boolean().default(false),
    version: p.integer().version(),
    users: () => p.manyToMany(User).mappedBy('roles'),
    permissions: () =>
      p
        .manyToMany(Permission)
        .owner()
        .inversedBy('roles')
        .pivotEntity(() => RolePermission),
  },
});

/** A named set of permissions. Built-in roles may be given to users but not changed. */
export class Role extends RoleSchema.class {}
RoleSchema.setClass(Role);
