import { flagChanged, type FlagDefinition } from '@assay/contracts';
import { LogTail } from '@assay/messaging';
import { FeatureFlag } from '@assay/models';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { DefinitionCatalog, type DefinitionSource } from './definition-catalog.js';
import { readPages, whereIdOrKey } from './read-pages.js';

/** Every flag, as its latest compiled definition. */
@Injectable()
export class FlagCatalog extends DefinitionCatalog<FlagDefinition> {
  constructor(em: EntityManager, log: LogTail) {
    super(flagChanged, flagSource(em), log);
  }
}

/** A flag row as the definition that other services work with. */
export function toFlagDefinition(flag: FeatureFlag): FlagDefinition {
  return {
    id: flag.id,
    projectId: flag.project.id,
    key: flag.key,
    version: flag.version,
    clientSide: flag.clientSide,
    document: flag.definition,
    environments: flag.environmentDefinitions,
    changedAt: flag.updatedAt.getTime(),
  };
}

function flagSource(em: EntityManager): DefinitionSource<FlagDefinition> {
  return {
    async *changedSince(since) {
      // What is archived is served no more; who has it in memory has to hear so.
      const where = since === undefined ? { archivedAt: null } : { updatedAt: { $gte: since } };
      const read = (after: string | undefined, limit: number) =>
        em
          .fork()
          .find(
            FeatureFlag,
            { $and: [where, after === undefined ? {} : { id: { $gt: after } }] },
            { orderBy: { id: 'asc' }, limit },
          );
      for await (const flag of readPages(read)) {
        yield { deleted: flag.archivedAt !== null, definition: toFlagDefinition(flag) };
      }
    },
    async one(projectId, idOrKey) {
      const flag = await em.fork().findOne(FeatureFlag, whereIdOrKey(projectId, idOrKey));
      return flag === null || flag.archivedAt !== null ? undefined : toFlagDefinition(flag);
    },
  };
}
