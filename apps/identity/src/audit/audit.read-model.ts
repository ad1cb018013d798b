import type { AuditEntry as AuditAnswer, Page, QueryOf, Scope, listAuditEntries } from '@assay/contracts';
import { AuditEntry } from '@assay/models';
import { pageOf } from '@assay/platform';
import { EntityManager, type FilterQuery } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { isId } from '../changes/reference.js';

type Query = QueryOf<typeof listAuditEntries>;

@Injectable()
export class AuditReadModel {
  constructor(private readonly em: EntityManager) {}

  /** Entries of the project and of the installation as a whole, newest first. */
  async list({ projectId }: Scope, query: Query): Promise<Page<AuditAnswer>> {
    const where = { $and: [{ $or: [{ projectId }, { projectId: null }] }, ...filters(query)] };
    const page = await pageOf(this.em.fork(), AuditEntry, where, query, {
      sortable: ['-createdAt', 'action', 'actorName'],
      searchable: ['action', 'actorName', 'resourceKey'],
    });
    return { ...page, items: page.items.map(auditView) };
  }
}

function filters({ actor, action, resourceType, resource, from, to }: Query): FilterQuery<AuditEntry>[] {
  const all: FilterQuery<AuditEntry>[] = [];
  if (actor !== undefined) all.push(isId(actor) ? { actorId: actor } : { actorName: actor });
  if (action !== undefined) all.push({ action });
  if (resourceType !== undefined) all.push({ resourceType });
  if (resource !== undefined) all.push(isId(resource) ? { resourceId: resource } : { resourceKey: resource });
  if (from !== undefined) all.push({ createdAt: { $gte: new Date(from) } });
  if (to !== undefined) all.push({ createdAt: { $lt: new Date(to) } });
  return all;
}

function auditView(entry: AuditEntry): AuditAnswer {
  return {
    id: entry.id,
    createdAt: entry.createdAt.toISOString(),
    actorKind: entry.actorKind,
    actorId: entry.actorId,
    actorName: entry.actorName,
    projectId: entry.projectId,
    action: entry.action,
    resourceType: entry.resourceType,
    resourceId: entry.resourceId,
    resourceKey: entry.resourceKey,
    before: entry.before,
    after: entry.after,
    ip: entry.ip,
    traceId: entry.traceId,
  };
}
