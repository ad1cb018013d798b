import type { FlagRevision, listFlagRevisions, Page } from '@assay/contracts';
import { FlagRevision as RevisionRow } from '@assay/models';
import { pageOf, type Call, type ListRules } from '@assay/platform';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { FlagRepository } from '../definition/flag.repository.js';

const LIST_RULES: ListRules<RevisionRow> = {
  sortable: ['-version', 'createdAt'],
  searchable: ['change', 'reason'],
};

/** The versions of a flag, newest first. */
@Injectable()
export class RevisionsReadModel {
  constructor(
    private readonly em: EntityManager,
    private readonly flags: FlagRepository,
  ) {}

  async list({ scope, params, query }: Call<typeof listFlagRevisions>): Promise<Page<FlagRevision>> {
    const em = this.em.fork();
    const { id } = await this.flags.get(em, scope.projectId, params.id);
    const page = await pageOf(em, RevisionRow, { featureFlag: id }, query, LIST_RULES);
    return { ...page, items: page.items.map(toRevision) };
  }
}

function toRevision(row: RevisionRow): FlagRevision {
  const { flag, document } = row.definition as { flag: FlagRevision['definition']; document: FlagRevision['document'] };
  return {
    version: row.version,
    change: row.change as FlagRevision['change'],
    reason: row.reason,
    actorId: row.actorId,
    createdAt: row.createdAt.toISOString(),
    definition: flag,
    document,
  };
}
