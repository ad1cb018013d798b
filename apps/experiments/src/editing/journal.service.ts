import {
  auditRecorded,
  experimentChanged,
  type Actor,
  type AuditRecord,
  type Experiment,
  type RevisionChange,
} from '@assay/contracts';
import { toExperimentDefinition } from '@assay/definitions';
import { Outbox } from '@assay/messaging';
import { ExperimentRevision, type EntityManager, type Experiment as ExperimentRow } from '@assay/models';
import type { CallOrigin } from '@assay/platform';
import { Injectable } from '@nestjs/common';
import { toExperiment } from '../definition/to-experiment.js';
import { ExperimentTransaction } from './experiment-transaction.service.js';

/** Who makes a change, and from where; the platform itself comes from nowhere. */
export interface Author {
  readonly actor: Actor;
  readonly origin: CallOrigin | null;
}

/** What happened to a row that has just been written. */
export interface Entry {
  readonly change: RevisionChange;
  readonly reason: string | null;
  readonly before: Experiment | null;
}

/** What was changed. */
export interface Resource {
  readonly type: string;
  readonly id: string;
  readonly key: string;
  readonly projectId: string;
}

/** Tells of every change, in its transaction: a revision, an audit record, and the new definition for the other services. */
@Injectable()
export class Journal {
  constructor(
    private readonly outbox: Outbox,
    private readonly transaction: ExperimentTransaction,
  ) {}

  async record(em: EntityManager, row: ExperimentRow, author: Author, entry: Entry): Promise<Experiment> {
    const experiment = toExperiment(row);
    em.create(ExperimentRevision, {
      experiment: row,
      version: row.version,
      definition: { ...experiment },
      change: entry.change,
      reason: entry.reason,
      actorId: author.actor.kind === 'system' ? null : author.actor.id,
    });
    await this.publish(em, row, false);
    await this.audit(em, row, author, entry.change, entry.before, experiment);
    return experiment;
  }

  /** For a row that is about to go. */
  async recordDeletion(em: EntityManager, row: ExperimentRow, author: Author): Promise<void> {
    await this.publish(em, row, true);
    await this.audit(em, row, author, 'deleted', toExperiment(row), null);
  }

  private async publish(em: EntityManager, row: ExperimentRow, deleted: boolean): Promise<void> {
    const definition = toExperimentDefinition(row);
    await this.outbox.add(em, experimentChanged, { key: row.id, scope: row.project.id, data: { deleted, definition } });
    this.transaction.note(em, { deleted, definition });
  }

  private audit(
    em: EntityManager,
    row: ExperimentRow,
    author: Author,
    action: RevisionChange | 'deleted',
    before: Experiment | null,
    after: Experiment | null,
  ): Promise<void> {
    const resource = { type: 'experiment', id: row.id, key: row.key, projectId: row.project.id };
    return this.recordOf(em, resource, author, { action, before, after });
  }

  /** The audit record of a change of anything of a project. */
  async recordOf(
    em: EntityManager,
    resource: Resource,
    { actor, origin }: Author,
    { action, before, after }: { readonly action: string } & Pick<AuditRecord, 'before' | 'after'>,
  ): Promise<void> {
    const { type, id, key, projectId } = resource;
    const data: AuditRecord = {
      actorKind: actor.kind,
      actorId: actor.id,
      actorName: actor.name,
      projectId,
      action: `${type}.${action}`,
      resourceType: type,
      resourceId: id,
      resourceKey: key,
      before,
      after,
      ip: origin?.ip ?? null,
      traceId: origin?.traceId ?? null,
    };
    await this.outbox.add(em, auditRecorded, { key: id, scope: projectId, data });
  }
}
