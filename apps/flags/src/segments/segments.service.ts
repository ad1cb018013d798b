import {
  AppError,
  auditRecorded,
  segmentChanged,
  type AuditRecord,
  type createSegment,
  type deleteSegment,
  type listSegments,
  type Page,
  type Segment,
  type updateSegment,
} from '@assay/contracts';
import { References, SegmentCatalog, toSegmentDefinition } from '@assay/definitions';
import { checkCondition, type Cond } from '@assay/evaluation';
import { Outbox } from '@assay/messaging';
import { Segment as SegmentRow } from '@assay/models';
import { Clock, pageOf, type Call } from '@assay/platform';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { v7 } from 'uuid';
import type { Author } from '../editing/journal.service.js';
import { usersOf } from '../references/users-of.js';
import { SegmentRepository } from './segment.repository.js';

/** Named conditions. */
@Injectable()
export class SegmentsService {
  constructor(
    private readonly em: EntityManager,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly repository: SegmentRepository,
    private readonly references: References,
    private readonly catalog: SegmentCatalog,
  ) {}

  async list({ scope, query }: Call<typeof listSegments>): Promise<Page<Segment>> {
    const page = await pageOf(this.em.fork(), SegmentRow, { project: scope.projectId }, query, {
      sortable: ['key', 'name', 'createdAt', 'updatedAt'],
      searchable: ['key', 'name', 'description'],
      populate: ['project'],
    });
    return { ...page, items: page.items.map(toSegment) };
  }

  async read(projectId: string, idOrKey: string): Promise<Segment> {
    return toSegment(await this.repository.get(this.em.fork(), projectId, idOrKey));
  }

  create(call: Call<typeof createSegment>): Promise<Segment> {
    const { body, scope } = call;
    return this.change(async (em) => {
      requireSound(body.condition);
      const condition = body.condition as Cond;
      await this.requireNoCircle(em, scope.projectId, body.key, condition);
      if (await this.repository.exists(em, scope.projectId, body.key)) throw taken(body.key);
      const now = this.clock.now();
      const row = em.create(SegmentRow, {
        id: v7(),
        ...body,
        project: scope.projectId,
        createdAt: now,
        updatedAt: now,
      });
      await em.flush();
      await em.populate(row, ['project']);
      await this.tell(em, row, call, 'created', null);
      return row;
    });
  }

  update(call: Call<typeof updateSegment>): Promise<Segment> {
    const { body, scope, params, ifMatch } = call;
    return this.change(async (em) => {
      await this.references.takeTurns(em, scope.projectId);
      const row = await this.repository.lock(em, scope.projectId, params.id, ifMatch);
      const before = toSegment(row);
      if (body.condition !== undefined) {
        requireSound(body.condition);
        const condition = body.condition as Cond;
        await this.requireNoCircle(em, scope.projectId, row.key, condition);
      }
      const given = Object.entries(body).filter(([, value]) => value !== undefined);
      if (given.length === 0) return row;
      em.assign(row, Object.fromEntries(given));
      row.updatedAt = new Date(Math.max(this.clock.now().getTime(), row.updatedAt.getTime() + 1));
      await em.flush();
      await this.tell(em, row, call, 'updated', before);
      return row;
    });
  }

  async remove(call: Call<typeof deleteSegment>): Promise<void> {
    const { scope, params, ifMatch } = call;
    const definition = await this.em.fork().transactional(async (em) => {
      await this.references.takeTurns(em, scope.projectId);
      const row = await this.repository.lock(em, scope.projectId, params.id, ifMatch);
      const users = await usersOf(em, 'segment', scope.projectId, row.key);
      if (users.length > 0) {
        throw AppError.conflict(`Segment '${row.key}' is named by ${users.join(', ')}: change those first.`, 'in_use');
      }
      await this.tell(em, row, call, 'deleted', toSegment(row));
      await em.nativeDelete(SegmentRow, { id: row.id });
      return toSegmentDefinition(row);
    });
    this.catalog.accept({ deleted: true, definition });
  }

  private async requireNoCircle(em: EntityManager, projectId: string, key: string, condition: Cond): Promise<void> {
    const changed = { kind: 'segment' as const, key, condition };
    await this.references.requireNoCircle(em, projectId, changed, (member) => `condition.${member}`);
  }

  /** Writes a segment; who evaluates in this process knows it as soon as it is committed. */
  private async change(work: (em: EntityManager) => Promise<SegmentRow>): Promise<Segment> {
    const row = await this.em.fork().transactional(work);
    this.catalog.accept({ deleted: false, definition: toSegmentDefinition(row) });
    return toSegment(row);
  }

  private async tell(
    em: EntityManager,
    row: SegmentRow,
    { actor, origin }: Author,
    change: 'created' | 'updated' | 'deleted',
    before: Segment | null,
  ): Promise<void> {
    const projectId = row.project.id;
    const deleted = change === 'deleted';
    const data: AuditRecord = {
      actorKind: actor.kind,
      actorId: actor.id,
      actorName: actor.name,
      projectId,
      action: `segment.${change}`,
      resourceType: 'segment',
      resourceId: row.id,
      resourceKey: row.key,
      before,
      after: deleted ? null : toSegment(row),
      ip: origin.ip,
      traceId: origin.traceId,
    };
    const definition = toSegmentDefinition(row);
    await this.outbox.add(em, segmentChanged, { key: row.id, scope: projectId, data: { deleted, definition } });
    await this.outbox.add(em, auditRecorded, { key: row.id, scope: projectId, data });
  }
}

/** @throws AppError `validation_failed` with every complaint */
function requireSound(condition: unknown): void {
  const problems = checkCondition(condition, {}, 'condition');
  if (problems.length > 0) throw AppError.validation(problems);
}

function taken(key: string): AppError {
  const message = `'${key}' is the key of another segment of this project`;
  return AppError.conflict(`${message}: choose another one.`, 'conflict', [{ path: 'key', message }]);
}

function toSegment(row: SegmentRow): Segment {
  return {
    id: row.id,
    key: row.key,
    project: row.project.getEntity().key,
    name: row.name,
    description: row.description,
    condition: row.condition as Segment['condition'],
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    version: row.version,
  };
}
