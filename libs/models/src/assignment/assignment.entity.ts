import { defineEntity, p } from '@mikro-orm/core';
import { BaseEntity } from '../base/base.entity.js';
import { jsonObject } from '../base/columns.js';
import { Experiment } from '../experiments/experiment.entity.js';
import { Variant } from '../experiments/variant.entity.js';

const AssignmentSchema = defineEntity({
  name: 'Assignment',
  tableName: 'assignments',
  extends: BaseEntity,
  properties: {
    experiment: () => p.manyToOne(Experiment).ref().index(false).deleteRule('cascade'),
    // Its foreign key is of two columns, (variant_id, experiment_id), and lives in the migration alone: see schemaDrift.
    variant: () => p.manyToOne(Variant).ref().index(false).createForeignKeyConstraint(false),
    userId: p.text(),
    context: jsonObject(),
    bucket: p.integer(),
    definitionVersion: p.integer(),
    propensity: p.float().columnType('double precision'),
  },
  uniques: [{ name: 'assignments_experiment_user_unique', properties: ['experiment', 'userId'] }],
});

/** The variant that a unit got at its first exposure and keeps for ever. The variant is one of the same experiment. */
export class Assignment extends AssignmentSchema.class {}
AssignmentSchema.setClass(Assignment);
