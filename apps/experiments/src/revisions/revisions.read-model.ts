import type { ExperimentRevision, listRevisions, Page } from '@assay/contracts';
import { ExperimentRevision as RevisionRow } from '@assay/models';
import { pageOf, type Call, type ListRules } from '@assay/platform';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { ExperimentRepository } from '../definition/experiment.repository.js';

const LIST_RULES: ListRules<RevisionRow> = {
  sortable: ['-version', 'createdAt'],
  searchable: ['change', 'reason'],
};

/** The versions of an experiment, newest first. */
@Injectable()
export class RevisionsReadModel {
  constructor(
    private readonly em: EntityManager,
    private readonly experiments: ExperimentRepository,
  ) {}

  async list({ scope, params, query }: Call<typeof listRevisions>): Promise<Page<ExperimentRevision>> {
    const em = this.em.fork();
    const { id } = await this.experiments.get(em, scope.projectId, params.id);
    const page = await pageOf(em, RevisionRow, { experiment: id }, query, LIST_RULES);
    return { ...page, items: page.items.map(toRevision) };
  }
}

function toRevision(row: RevisionRow): ExperimentRevision {
  return {
    version: row.version,
    change: row.change as ExperimentRevision['change'],
    reason: row.reason,
    actorId: row.actorId,
    createdAt: row.createdAt.toISOString(),
    definition: row.definition as ExperimentRevision['definition'],
  };
}
