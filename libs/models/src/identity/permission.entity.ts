import { defineEntity, p } from '@mikro-orm/core';
import { BaseEntity } from '../base/base.entity.js';
import { Role } from './role.entity.js';

const PermissionSchema = defineEntity({
  name: 'Permission',
  tableName: 'permissions',
  extends: BaseEntity,
  properties: {
    name: p.text().unique(),
    resource: p.text(),
    action: p.text(),
    roles: () => p.manyToMany(Role).mappedBy('permissions'),
  },
  uniques: [{ name: 'permissions_resource_action_unique', properties: ['resource', 'action'] }],
});

/** The right to do one action on one kind of resource, named `resource:action`, e.g. `experiment:create`. */
export class Permission extends PermissionSchema.class {}
PermissionSchema.setClass(Permission);
