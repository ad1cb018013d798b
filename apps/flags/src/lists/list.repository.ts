import { AppError } from '@assay/contracts';
import { whereIdOrKey } from '@assay/definitions';
import { ValueList } from '@assay/models';
import { requireVersion, type IfMatch } from '@assay/platform';
import { LockMode, type EntityManager, type FilterQuery } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';

/** Lists in their table, without their members. */
@Injectable()
export class ListRepository {
  /** With its project. @throws AppError `not_found` */
  async get(em: EntityManager, projectId: string, idOrKey: string): Promise<ValueList> {
    const row = await em.findOne(ValueList, whereList(projectId, idOrKey), { populate: ['project'] });
    if (row === null) throw AppError.notFound('List', idOrKey);
    return row;
  }

  /** As `get`, locked until the transaction ends. @throws AppError `not_found`, `version_conflict` */
  async lock(em: EntityManager, projectId: string, idOrKey: string, ifMatch: IfMatch | undefined): Promise<ValueList> {
    const row = await em.findOne(ValueList, whereList(projectId, idOrKey), { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (row === null) throw AppError.notFound('List', idOrKey);
    requireVersion(ifMatch, row.version);
    await em.populate(row, ['project']);
    return row;
  }

  async exists(em: EntityManager, projectId: string, key: string): Promise<boolean> {
    return (await em.count(ValueList, { project: projectId, key })) > 0;
  }
}

function whereList(projectId: string, idOrKey: string): FilterQuery<ValueList> {
  // PostgreSQL cannot even compare with a NUL; nothing has such a key.
  if (idOrKey.includes('\u0000')) throw AppError.notFound('List', idOrKey);
  return whereIdOrKey(projectId, idOrKey);
}
