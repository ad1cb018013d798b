import { defineEntity, p } from '@mikro-orm/core';
import { BaseEntity } from '../base/base.entity.js';
import type { JsonObject } from '../base/columns.js';
import { Experiment } from './experiment.entity.js';

const ExperimentRevisionSchema = defineEntity({
  name: 'ExperimentRevision',
  tableName: 'experiment_revisions',
  extends: BaseEntity,
  properties: {
    experiment: () => p.manyToOne(Experiment).ref().index(false).deleteRule('cascade'),
    version: p.integer(),
    definition: p.json<JsonObject>(),
    change: p.text(),
    reason: p.text().strictNullable(),
    actorId: p.uuid().strictNullable(),
  },
  uniques: [{ name: 'experiment_revisions_experiment_version_unique', properties: ['experiment', 'version'] }],
});

/** The definition of an experiment as it was from one version on, and why it was changed. Rows are only added. */
export class ExperimentRevision extends ExperimentRevisionSchema.class {}
ExperimentRevisionSchema.setClass(ExperimentRevision);
