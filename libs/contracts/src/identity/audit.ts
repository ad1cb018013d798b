import { z } from 'zod';
import { defineTopic } from '../log/topic.js';

/** Who did what to which resource. Written by every mutating service through the outbox, kept by identity. */
export const AuditRecord = z.object({
  actorKind: z.enum(['user', 'server', 'client', 'system']),
  actorId: z.string(),
  actorName: z.string(),
  projectId: z.string().nullable(),
  /** `experiment.started`, `user.created` … */
  action: z.string(),
  resourceType: z.string(),
  resourceId: z.string(),
  resourceKey: z.string().nullable(),
  before: z.json().nullable(),
  after: z.json().nullable(),
  ip: z.string().nullable(),
  traceId: z.string().nullable(),
});
export type AuditRecord = z.output<typeof AuditRecord>;

export const auditRecorded = defineTopic<AuditRecord>({
  type: 'audit.recorded',
  version: 1,
  schema: AuditRecord,
  keyedBy: 'resource id',
  partitions: 1,
  retention: { kind: 'delete', hours: 168 },
});
