import { flagChanged, type FlagDefinition } from '@assay/contracts';
import { LogTail } from '@assay/messaging';
import { FeatureFlag } from '@assay/models';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { DefinitionCatalog } from './definition-catalog.js';
import { rowSource } from './row-source.js';

/** Every flag that is not archived, as its latest compiled definition. */
@Injectable()
export class FlagCatalog extends DefinitionCatalog<FlagDefinition> {
  constructor(em: EntityManager, log: LogTail) {
    const source = rowSource(em, {
      entity: FeatureFlag,
      served: { archivedAt: null },
      isGone: ({ archivedAt }) => archivedAt !== null,
      toDefinition: toFlagDefinition,
    });
    super(flagChanged, source, log);
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
