import { defineEntity, p } from '@mikro-orm/core';
import { timestampNow } from '../base/columns.js';

const ExperimentPlanSchema = defineEntity({
  name: 'ExperimentPlan',
  tableName: 'experiment_plans',
  indexes: [{ name: 'experiment_plans_shard_index', properties: ['shard'] }],
  properties: {
    experimentId: p.uuid().primary(),
    shard: p.smallint().primary(),
    layout: p.json<unknown[]>(),
    layoutHash: p.text(),
    definitionVersion: p.integer(),
    builtAt: timestampNow(),
  },
});

/**
 * The layout that `unit_metrics.cells` and `arm_statistics.moments` of an experiment were built with, in one shard. When the
 * metrics of a started experiment are amended, both are rebuilt from the stored events, shard by shard.
 */
export class ExperimentPlan extends ExperimentPlanSchema.class {}
ExperimentPlanSchema.setClass(ExperimentPlan);
