import { defineEntity, p } from '@mikro-orm/core';
import { BaseEntity } from '../base/base.entity.js';
import { timestamp } from '../base/columns.js';
import { User } from './user.entity.js';

const SessionSchema = defineEntity({
  name: 'Session',
  tableName: 'sessions',
  extends: BaseEntity,
  properties: {
    user: () => p.manyToOne(User).ref().index().deleteRule('cascade'),
    familyId: p.uuid().index(),
    tokenHash: p.text().unique().hidden(),
    expiresAt: timestamp(),
    usedAt: timestamp().strictNullable(),
    revokedAt: timestamp().strictNullable(),
    userAgent: p.text().strictNullable(),
    ip: p.text().strictNullable(),
  },
});

/**
 * One refresh token. Every use makes a new row of the same family; a token used twice (`usedAt` already set) means that
 * it was stolen, and the whole family is revoked.
 */
export class Session extends SessionSchema.class {}
SessionSchema.setClass(Session);
