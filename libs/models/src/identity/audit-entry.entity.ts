import { defineEntity, p } from '@mikro-orm/core';
import { BaseEntity } from '../base/base.entity.js';
import type { JsonObject } from '../base/columns.js';

/** Who may have acted: a person, a program with a key, or the platform itself (a scheduler, a guardrail). */
export const ACTOR_KINDS = ['user', 'api_key', 'system'] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];

const AuditEntrySchema = defineEntity({
  name: 'AuditEntry',
  tableName: 'audit_entries',
  extends: BaseEntity,
  properties: {
    actorId: p.uuid().strictNullable(),
    actorKind: p.enum(ACTOR_KINDS),
    actorName: p.text(),
    projectId: p.uuid().strictNullable(),
    action: p.text(),
    resourceType: p.text(),
    resourceId: p.uuid().strictNullable(),
    resourceKey: p.text().strictNullable(),
    before: p.json<JsonObject>().strictNullable(),
    after: p.json<JsonObject>().strictNullable(),
    ip: p.text().strictNullable(),
    traceId: p.text().strictNullable(),
  },
  indexes: [
    { name: 'audit_entries_project_index', properties: ['projectId', 'createdAt'] },
    { name: 'audit_entries_resource_index', properties: ['resourceType', 'resourceId', 'createdAt'] },
  ],
});

/**
 * Who did what to which resource. It has no foreign keys and carries names beside ids: an entry outlives its actor, its
 * resource and its project.
 */
export class AuditEntry extends AuditEntrySchema.class {}
AuditEntrySchema.setClass(AuditEntry);
