import { Directory } from '@assay/auth';
import { auditRecorded, identityChanged, type Actor, type AuditRecord, type IdentityChanged } from '@assay/contracts';
import { Outbox } from '@assay/messaging';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { Caller } from './caller.js';
import { conflictOf } from './conflict-of.js';

/** What happened to a resource, as the audit will show it. `before` and `after` are answers of the API: without secrets. */
export interface Change {
  readonly resource: IdentityChanged['resource'];
  /** `none`: nothing that others go by has changed (a login); it is only audited. */
  readonly change: IdentityChanged['change'] | 'none';
  /** When `<resource>.<change>` does not say it: `user.password_changed`. */
  readonly action?: string;
  readonly id: string;
  readonly key: string;
  readonly projectId?: string | null;
  readonly before?: AuditRecord['before'];
  readonly after?: AuditRecord['after'];
}

export type Note = (change: Change, actor?: Actor) => Promise<void>;

/** How every change of identity is made: one transaction with its audit record and `identity.changed`. */
@Injectable()
export class ChangeJournal {
  constructor(
    private readonly em: EntityManager,
    private readonly outbox: Outbox,
    private readonly directory: Directory,
  ) {}

  /**
   * Runs the work in a transaction. It tells each change by `note`; once committed, this process no longer goes by what it
   * knew of these before, the others hear it from the log.
   *
   * @throws AppError `conflict` when the database's own rules refuse.
   */
  async commit<T>(caller: Caller, work: (em: EntityManager, note: Note) => Promise<T>): Promise<T> {
    const noted: Change[] = [];
    const result = await this.transaction((em) =>
      work(em, async (change, actor = caller.actor) => {
        noted.push(change);
        await this.write(em, caller, actor, change);
      }),
    );
    for (const change of noted) if (change.change !== 'none') this.directory.forget(change);
    return result;
  }

  private async transaction<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    try {
      return await this.em.fork().transactional(work);
    } catch (error) {
      throw conflictOf(error) ?? error;
    }
  }

  private async write(em: EntityManager, { origin }: Caller, actor: Actor, change: Change): Promise<void> {
    await this.outbox.add(em, auditRecorded, {
      key: change.id,
      ...(typeof change.projectId === 'string' ? { scope: change.projectId } : {}),
      data: {
        actorKind: actor.kind,
        actorId: actor.id,
        actorName: actor.name,
        projectId: change.projectId ?? null,
        action: change.action ?? `${change.resource}.${change.change}`,
        resourceType: change.resource,
        resourceId: change.id,
        resourceKey: change.key,
        before: change.before ?? null,
        after: change.after ?? null,
        ip: origin?.ip ?? null,
        traceId: origin?.traceId ?? null,
      },
    });
    if (change.change === 'none') return;
    const data = { resource: change.resource, id: change.id, change: change.change };
    await this.outbox.add(em, identityChanged, { key: change.id, data });
  }
}
