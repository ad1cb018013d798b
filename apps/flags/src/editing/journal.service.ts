import { auditRecorded, flagChanged, type Actor, type AuditRecord, type Flag, type FlagChange } from '@assay/contracts';
import { toFlagDefinition } from '@assay/definitions';
import { Outbox } from '@assay/messaging';
import { FlagRevision, type EntityManager, type FeatureFlag } from '@assay/models';
import type { CallOrigin } from '@assay/platform';
import { Injectable } from '@nestjs/common';
import { toFlag } from '../definition/to-flag.js';

/** Who makes a change, and from where. */
export interface Author {
  readonly actor: Actor;
  readonly origin: CallOrigin;
}

/** What happened to a row that has just been written; `before` and `after` are what the audit shows. */
export interface Entry {
  readonly change: FlagChange;
  readonly reason?: string | null;
  readonly before: AuditRecord['before'];
  readonly after?: AuditRecord['after'];
}

/** Tells of every change, in its transaction: a revision, an audit record, and the new definition for the other services. */
@Injectable()
export class Journal {
  constructor(private readonly outbox: Outbox) {}

  async record(em: EntityManager, row: FeatureFlag, author: Author, entry: Entry): Promise<Flag> {
    const flag = toFlag(row);
    em.create(FlagRevision, {
      featureFlag: row,
      version: row.version,
      definition: { flag, document: row.definition },
      change: entry.change,
      reason: entry.reason ?? null,
      actorId: author.actor.kind === 'system' ? null : author.actor.id,
    });
    await this.publish(em, row, row.archivedAt !== null);
    await this.audit(em, row, author, entry.change, entry.before, entry.after ?? flag);
    return flag;
  }

  /** Of something about a flag that does not change what it is: no new version. */
  async note(
    em: EntityManager,
    row: FeatureFlag,
    author: Author,
    { change, before, after }: { readonly change: string } & Pick<AuditRecord, 'before' | 'after'>,
  ): Promise<void> {
    await this.audit(em, row, author, change, before, after);
  }

  /** For a row that is about to go. */
  async recordDeletion(em: EntityManager, row: FeatureFlag, author: Author): Promise<void> {
    await this.publish(em, row, true);
    await this.audit(em, row, author, 'deleted', toFlag(row), null);
  }

  private async publish(em: EntityManager, row: FeatureFlag, deleted: boolean): Promise<void> {
    const data = { deleted, definition: toFlagDefinition(row) };
    await this.outbox.add(em, flagChanged, { key: row.id, scope: row.project.id, data });
  }

  private async audit(
    em: EntityManager,
    row: FeatureFlag,
    { actor, origin }: Author,
    action: string,
    before: AuditRecord['before'],
    after: AuditRecord['after'],
  ): Promise<void> {
    const data: AuditRecord = {
      actorKind: actor.kind,
      actorId: actor.id,
      actorName: actor.name,
      projectId: row.project.id,
      action: `feature_flag.${action}`,
      resourceType: 'feature_flag',
      resourceId: row.id,
      resourceKey: row.key,
      before,
      after,
      ip: origin.ip,
      traceId: origin.traceId,
    };
    await this.outbox.add(em, auditRecorded, { key: row.id, scope: row.project.id, data });
  }
}
