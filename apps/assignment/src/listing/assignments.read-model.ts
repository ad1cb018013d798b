import { AppError, type listAssignments, type Page, type StoredAssignment } from '@assay/contracts';
import { whereIdOrKey } from '@assay/definitions';
import { Assignment } from '@assay/models';
import { pageOf, type Call } from '@assay/platform';
import { EntityManager, type FilterQuery } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { toStoredAssignment } from './to-stored-assignment.js';

const RELATIONS = ['experiment', 'variant'] as const;

/** The stored assignments of an environment. */
@Injectable()
export class AssignmentsReadModel {
  constructor(private readonly em: EntityManager) {}

  async list({ scope, query }: Call<typeof listAssignments>): Promise<Page<StoredAssignment>> {
    const { experiment, userId, q = '' } = query;
    const where: FilterQuery<Assignment> = {
      experiment: {
        environment: scope.environmentId,
        ...(experiment === undefined ? { project: scope.projectId } : whereExperiment(scope.projectId, experiment)),
      },
      ...(userId === undefined ? {} : { userId }),
      // A beginning, since the index of an experiment's units is sorted.
      ...(q === '' ? {} : { $and: [{ userId: { $like: `${q.replace(/[\\%_]/g, '\\$&')}%` } }] }),
    };
    const rules = { sortable: ['-createdAt', 'userId', 'bucket'] as const, populate: RELATIONS };
    const page = await pageOf<Assignment>(this.em.fork(), Assignment, where, query, rules);
    return { ...page, items: page.items.map(toStoredAssignment) };
  }

  async find(experimentId: string, userId: string): Promise<StoredAssignment | null> {
    const where = { experiment: experimentId, userId };
    const row = await this.em.fork().findOne(Assignment, where, { populate: RELATIONS });
    return row === null ? null : toStoredAssignment(row);
  }
}

function whereExperiment(projectId: string, idOrKey: string) {
  // PostgreSQL cannot even compare with a NUL; nothing has such a key.
  if (idOrKey.includes('\u0000')) throw AppError.notFound('Experiment', idOrKey);
  return whereIdOrKey(projectId, idOrKey);
}
