import { defineEntity, p } from '@mikro-orm/core';
import { Assignment } from '../assignment/assignment.entity.js';
import { BaseEntity } from '../base/base.entity.js';
import { jsonObject, percentage } from '../base/columns.js';
import { Experiment } from './experiment.entity.js';

const VariantSchema = defineEntity({
  name: 'Variant',
  tableName: 'variants',
  extends: BaseEntity,
  properties: {
    experiment: () => p.manyToOne(Experiment).ref().index(false).deleteRule('cascade'),
    key: p.text(),
    name: p.text(),
    description: p.text().default(''),
    isControl: p.boolean().default(false),
    trafficAllocation: percentage().check('traffic_allocation >= 0 and traffic_allocation <= 100'),
    configuration: jsonObject(),
    position: p.integer().default(0),
    assignments: () => p.oneToMany(Assignment).mappedBy('variant'),
  },
  uniques: [
    { name: 'variants_experiment_key_unique', properties: ['experiment', 'key'] },
    { name: 'variants_experiment_control_unique', properties: ['experiment'], where: 'is_control' },
    { name: 'variants_id_experiment_unique', properties: ['id', 'experiment'] },
  ],
});

/**
 * One arm of an experiment. At most one is the control; the allocations of an experiment's variants sum to 100 (within
 * 0.01, so that thirds are possible), which the database checks at commit.
 */
export class Variant extends VariantSchema.class {}
VariantSchema.setClass(Variant);
