import { SYSTEM_ACTOR, type AuditRecord, type Envelope } from '@assay/contracts';
import type { JsonObject } from '@assay/models';
import { isId } from '../changes/reference.js';

/** A row of the audit log. */
export interface AuditRow {
  readonly id: string;
  readonly createdAt: Date;
  readonly actorId: string | null;
  readonly actorKind: 'user' | 'api_key' | 'system';
  readonly actorName: string;
  readonly projectId: string | null;
  readonly action: string;
  readonly resourceType: string;
  readonly resourceId: string | null;
  readonly resourceKey: string | null;
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
  readonly ip: string | null;
  readonly traceId: string | null;
}

const idOrNull = (text: string): string | null => (isId(text) ? text : null);

/** A state that is no object (a list, a number) is kept under `value`. */
function asObject(state: AuditRecord['before']): JsonObject | null {
  if (state === null) return null;
  return typeof state === 'object' && !Array.isArray(state) ? state : { value: state };
}

/** The message's id and time are the entry's: a message that comes twice is one entry. */
export function auditRow({ id, time, data }: Envelope<AuditRecord>): AuditRow {
  const { actorKind, actorId, resourceId, ...rest } = data;
  return {
    ...rest,
    id,
    createdAt: new Date(time),
    actorKind: actorKind === 'server' || actorKind === 'client' ? 'api_key' : actorKind,
    actorId: actorId === SYSTEM_ACTOR.id ? null : idOrNull(actorId),
    resourceId: idOrNull(resourceId),
    before: asObject(rest.before),
    after: asObject(rest.after),
    resourceKey: rest.resourceKey ?? (isId(resourceId) ? null : resourceId),
  };
}
