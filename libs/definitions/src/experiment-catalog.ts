import { experimentChanged, type ExperimentDefinition } from '@assay/contracts';
import { LogTail } from '@assay/messaging';
import { Experiment } from '@assay/models';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { DefinitionCatalog } from './definition-catalog.js';
import { rowSource } from './row-source.js';
import { toExperimentDefinition } from './to-experiment-definition.js';

/** Every experiment, as its latest definition; what is archived at the start is left out: nothing is counted for it any more. */
@Injectable()
export class ExperimentCatalog extends DefinitionCatalog<ExperimentDefinition> {
  constructor(em: EntityManager, log: LogTail) {
    const source = rowSource(em, {
      entity: Experiment,
      populate: ['variants', 'metricDefinitions'],
      served: { status: { $ne: 'ARCHIVED' } },
      toDefinition: toExperimentDefinition,
    });
    super(experimentChanged, source, log);
  }
}
