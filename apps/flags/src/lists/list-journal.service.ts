import { auditRecorded, listChanged, type AuditRecord, type ValueList } from '@assay/contracts';
import { toListDefinition } from '@assay/definitions';
import { Outbox } from '@assay/messaging';
import type { EntityManager, ValueList as ListRow } from '@assay/models';
import { Injectable } from '@nestjs/common';
import type { Author } from '../editing/journal.service.js';

/** What happened to a list: the audit shows `before` and `after`, neither with members. */
export interface ListEntry {
  readonly change: 'created' | 'updated' | 'members_changed' | 'deleted';
  readonly before: ValueList | null;
  readonly after: (ValueList & { readonly added?: number; readonly removed?: number }) | null;
}

/** Tells of every change of a list, in its transaction: an audit record, and the new version for who evaluates. */
@Injectable()
export class ListJournal {
  constructor(private readonly outbox: Outbox) {}

  async record(em: EntityManager, row: ListRow, { actor, origin }: Author, entry: ListEntry): Promise<void> {
    const scope = row.project.id;
    const { change, before, after } = entry;
    const data: AuditRecord = {
      actorKind: actor.kind,
      actorId: actor.id,
      actorName: actor.name,
      projectId: scope,
      action: `list.${change}`,
      resourceType: 'list',
      resourceId: row.id,
      resourceKey: row.key,
      before,
      after,
      ip: origin.ip,
      traceId: origin.traceId,
    };
    const changed = { deleted: change === 'deleted', definition: toListDefinition(row) };
    await this.outbox.add(em, listChanged, { key: row.id, scope, data: changed });
    await this.outbox.add(em, auditRecorded, { key: row.id, scope, data });
  }
}
