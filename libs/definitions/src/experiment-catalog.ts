import { experimentChanged, type ExperimentDefinition } from '@assay/contracts';
import { LogTail } from '@assay/messaging';
import { Experiment } from '@assay/models';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { DefinitionCatalog, type DefinitionSource } from './definition-catalog.js';
import { readPages, whereIdOrKey } from './read-pages.js';
import { toExperimentDefinition } from './to-experiment-definition.js';

const POPULATE = ['variants', 'metricDefinitions'] as const;

/** Every experiment that is not archived, as its latest definition. */
@Injectable()
export class ExperimentCatalog extends DefinitionCatalog<ExperimentDefinition> {
  constructor(em: EntityManager, log: LogTail) {
    super(experimentChanged, experimentSource(em), log);
  }
}

function experimentSource(em: EntityManager): DefinitionSource<ExperimentDefinition> {
  return {
    async *changedSince(since) {
      // At boot the archived are left out: nothing is assigned or counted for them any more.
      const where = since === undefined ? { status: { $ne: 'ARCHIVED' as const } } : { updatedAt: { $gte: since } };
      const read = (after: string | undefined, limit: number) =>
        em
          .fork()
          .find(
            Experiment,
            { $and: [where, after === undefined ? {} : { id: { $gt: after } }] },
            { orderBy: { id: 'asc' }, limit, populate: POPULATE },
          );
      for await (const experiment of readPages(read)) {
        yield { deleted: false, definition: toExperimentDefinition(experiment) };
      }
    },
    async one(projectId, idOrKey) {
      const where = whereIdOrKey(projectId, idOrKey);
      const experiment = await em.fork().findOne(Experiment, where, { populate: POPULATE });
      return experiment === null ? undefined : toExperimentDefinition(experiment);
    },
  };
}
