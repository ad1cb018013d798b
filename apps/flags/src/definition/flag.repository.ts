import { AppError, type FlagType, type ListQuery, type Page } from '@assay/contracts';
import { whereIdOrKey } from '@assay/definitions';
import { FeatureFlag, FeatureFlagOverride, type EntityManager } from '@assay/models';
import { pageOf, type ListRules } from '@assay/platform';
import { LockMode, raw, type FilterQuery } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';

const LIST_RULES: ListRules<FeatureFlag> = {
  sortable: ['-createdAt', 'updatedAt', 'name', 'key', 'status'],
  searchable: ['key', 'name', 'description'],
  populate: ['project'],
};

export interface FlagFilter {
  readonly projectId: string;
  readonly status?: FeatureFlag['status'] | undefined;
  readonly type?: FlagType | undefined;
  readonly tag?: string | undefined;
  /** Id or user name. */
  readonly owner?: string | undefined;
  readonly clientSide?: 'true' | 'false' | undefined;
  readonly stale?: 'true' | 'false' | undefined;
  readonly archived: 'true' | 'false';
}

/** Flags in their table. */
@Injectable()
export class FlagRepository {
  /** With its project. @throws AppError `not_found` */
  async get(em: EntityManager, projectId: string, idOrKey: string): Promise<FeatureFlag> {
    const row = await this.find(em, projectId, idOrKey);
    if (row === null) throw AppError.notFound('Flag', idOrKey);
    return row;
  }

  /** The same, or null. */
  find(em: EntityManager, projectId: string, idOrKey: string): Promise<FeatureFlag | null> {
    return em.findOne(FeatureFlag, whereFlag(projectId, idOrKey), { populate: ['project'] });
  }

  /** As `get`, with the row locked until the transaction ends: changes of one flag take turns. */
  async lock(em: EntityManager, projectId: string, idOrKey: string): Promise<FeatureFlag> {
    const row = await em.findOne(FeatureFlag, whereFlag(projectId, idOrKey), { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (row === null) throw AppError.notFound('Flag', idOrKey);
    await em.populate(row, ['project']);
    return row;
  }

  list(em: EntityManager, filter: FlagFilter, query: ListQuery): Promise<Page<FeatureFlag>> {
    return pageOf(em, FeatureFlag, conditions(filter), query, LIST_RULES);
  }

  /** The overrides of a flag, the oldest first. */
  overrides(em: EntityManager, flag: FeatureFlag): Promise<FeatureFlagOverride[]> {
    return em.find(FeatureFlagOverride, { featureFlag: flag.id }, { orderBy: { id: 'asc' } });
  }

  /** With its overrides and revisions. */
  async remove(em: EntityManager, row: FeatureFlag): Promise<void> {
    await em.nativeDelete(FeatureFlag, { id: row.id });
  }
}

function whereFlag(projectId: string, idOrKey: string): FilterQuery<FeatureFlag> {
  // PostgreSQL cannot even compare with a NUL; nothing has such a key.
  if (idOrKey.includes('\u0000')) throw AppError.notFound('Flag', idOrKey);
  return whereIdOrKey(projectId, idOrKey);
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function conditions({
  projectId,
  status,
  type,
  tag,
  owner,
  clientSide,
  stale,
  archived,
}: FlagFilter): FilterQuery<FeatureFlag> {
  return {
    project: projectId,
    ...(status === undefined ? {} : { status }),
    ...(type === undefined ? {} : { type }),
    ...(tag === undefined ? {} : { [raw((alias) => `${alias}.tags @> ?::jsonb`, [JSON.stringify([tag])])]: [] }),
    ...(owner === undefined ? {} : { owner: UUID.test(owner) ? owner : { username: owner } }),
    archivedAt: archived === 'true' ? { $ne: null } : null,
    ...(stale === undefined ? {} : { staleSince: stale === 'true' ? { $ne: null } : null }),
    ...(clientSide === undefined ? {} : { clientSide: clientSide === 'true' }),
  };
}
