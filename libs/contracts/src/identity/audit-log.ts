import { z } from 'zod';
import { ListQuery, listOf } from '../http/list.js';
import { EMPTY_PERIOD, hasLength } from '../http/period.js';
import { IdOrKey, Time, text } from '../http/primitives.js';
import { defineRoute } from '../http/route.js';

/** Who did what to which resource, before and after, from where. */
export const AuditEntry = z
  .object({
    id: z.uuid(),
    createdAt: z.string(),
    actorKind: z.enum(['user', 'api_key', 'system']),
    actorId: z.uuid().nullable(),
    actorName: z.string(),
    projectId: z.uuid().nullable(),
    action: z.string(),
    resourceType: z.string(),
    resourceId: z.uuid().nullable(),
    resourceKey: z.string().nullable(),
    before: z.record(z.string(), z.unknown()).nullable(),
    after: z.record(z.string(), z.unknown()).nullable(),
    ip: z.string().nullable(),
    traceId: z.string().nullable(),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.output<typeof AuditEntry>;

export const listAuditEntries = defineRoute({
  id: 'listAuditEntries',
  method: 'GET',
  path: '/api/v1/audit',
  tag: 'Audit',
  summary: 'List what was done',
  description: "The project's entries and those of the whole installation (users, roles, projects), newest first.",
  access: 'audit:read',
  scope: 'project',
  query: ListQuery.extend({
    actor: text(200, 1).optional().describe('id or name of who acted'),
    action: text(100, 1).optional().describe('such as `experiment.started`'),
    resourceType: text(100, 1).optional(),
    resource: IdOrKey.optional(),
    from: Time.optional(),
    to: Time.optional(),
  }).refine(hasLength, EMPTY_PERIOD),
  success: { status: 200, schema: listOf(AuditEntry) },
});
