import { defineEntity, p } from '@mikro-orm/core';
import { BaseEntity } from '../base/base.entity.js';
import { jsonObject, timestamp } from '../base/columns.js';
import { Experiment } from '../experiments/experiment.entity.js';
import { FeatureFlag } from '../flags/feature-flag.entity.js';
import { RoleUser } from './role-user.entity.js';
import { Role } from './role.entity.js';

const UserSchema = defineEntity({
  name: 'User',
  tableName: 'users',
  extends: BaseEntity,
  properties: {
    username: p.text(),
    email: p.text(),
    hashedPassword: p.text().hidden(),
    fullName: p.text().default(''),
    isActive: p.boolean().default(true),
    isSuperuser: p.boolean().default(false),
    lastLogin: timestamp().strictNullable(),
    preferences: jsonObject(),
    version: p.integer().version(),
    roles: () =>
      p
        .manyToMany(Role)
        .owner()
        .inversedBy('users')
        .pivotEntity(() => RoleUser),
    experiments: () => p.oneToMany(Experiment).mappedBy('owner'),
    featureFlags: () => p.oneToMany(FeatureFlag).mappedBy('owner'),
  },
  uniques: [
    {
      name: 'users_username_unique',
      expression: 'create unique index users_username_unique on experimentation.users (lower(username))',
    },
    {
      name: 'users_email_unique',
      expression: 'create unique index users_email_unique on experimentation.users (lower(email))',
    },
  ],
});

/** A person who may log in. User names and e-mail addresses are unique whatever their case. */
export class User extends UserSchema.class {}
UserSchema.setClass(User);
