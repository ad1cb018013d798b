import { defineEntity, p } from '@mikro-orm/core';
import { Role } from './role.entity.js';
import { User } from './user.entity.js';

const RoleUserSchema = defineEntity({
  name: 'RoleUser',
  tableName: 'roles_users',
  properties: {
    user: () => p.manyToOne(User).primary().deleteRule('cascade').index(false),
    role: () => p.manyToOne(Role).primary().deleteRule('cascade').index(),
  },
});

/** Junction: a user has a role. Use `user.roles` or `role.users` rather than this. */
export class RoleUser extends RoleUserSchema.class {}
RoleUserSchema.setClass(RoleUser);
