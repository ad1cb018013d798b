import { defineEntity, p } from '@mikro-orm/core';
import { timestampNow } from '../base/columns.js';

const ExperimentPlanSchema = defineEntity({
  name: 'ExperimentPlan',
  tableName: 'experiment_plans',
  properties: {
    experimentId: p.uuid().primary(),
    projectId: p.uuid(),
    layout: p.json<unknown[]>(),
    layoutHash: p.text(),
    definitionVersion: p.integer(),
    builtAt: timestampNow(),
  },
});

/**
 * The layout that `unit_metrics.cells` and `arm_statistics.moments` of an experiment were built with. When the metrics of
 * a started experiment are amended, both are rebuilt from the stored events and this row says so.
 */
export class ExperimentPlan extends ExperimentPlanSchema.class {}
ExperimentPlanSchema.setClass(ExperimentPlan);
