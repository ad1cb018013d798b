import { defineEntity, p } from '@mikro-orm/core';
import { BaseEntity } from '../base/base.entity.js';
import { timestamp } from '../base/columns.js';
import { Environment } from './environment.entity.js';
import { Project } from './project.entity.js';
import { User } from './user.entity.js';

/** What a key may do: evaluate and send from a server, from a published client, or act as its user. */
export const API_KEY_KINDS = ['server', 'client', 'personal'] as const;
export type ApiKeyKind = (typeof API_KEY_KINDS)[number];

const ApiKeySchema = defineEntity({
  name: 'ApiKey',
  tableName: 'api_keys',
  extends: BaseEntity,
  properties: {
    name: p.text(),
    kind: p.enum(API_KEY_KINDS),
    prefix: p.text(),
    keyHash: p.text().unique().hidden(),
    project: () => p.manyToOne(Project).ref().strictNullable().index().deleteRule('cascade'),
    environment: () => p.manyToOne(Environment).ref().strictNullable().index().deleteRule('cascade'),
    user: () => p.manyToOne(User).ref().strictNullable().index().deleteRule('cascade'),
    createdBy: () => p.manyToOne(User).ref().strictNullable().joinColumn('created_by').index().deleteRule('set null'),
    expiresAt: timestamp().strictNullable(),
    lastUsedAt: timestamp().strictNullable(),
    revokedAt: timestamp().strictNullable(),
  },
  checks: [
    {
      name: 'api_keys_scope_check',
      expression: `case when kind = 'personal' then user_id is not null else project_id is not null and environment_id is not null end`,
    },
  ],
});

/**
 * A key for programs. Only `prefix` (its first characters, to recognise it in a list) and `keyHash` (SHA-256, hex) are
 * stored. A server or client key belongs to one project and environment, a personal key to a user.
 */
export class ApiKey extends ApiKeySchema.class {}
ApiKeySchema.setClass(ApiKey);
