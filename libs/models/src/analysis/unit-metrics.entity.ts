import { defineEntity, p } from '@mikro-orm/core';
import { doubles, timestamp } from '../base/columns.js';

const UnitMetricsSchema = defineEntity({
  name: 'UnitMetrics',
  tableName: 'unit_metrics',
  properties: {
    userId: p.text().primary(),
    experimentId: p.uuid().primary(),
    variantId: p.uuid(),
    exposedAt: timestamp(),
    conflicted: p.boolean().default(false),
    shard: p.smallint(),
    cells: doubles(),
  },
  indexes: [{ name: 'unit_metrics_experiment_index', properties: ['experimentId'] }],
});

/**
 * What one unit has done in one experiment (the user comes first in the key, since a batch of events asks for all the
 * experiments of its users): its first exposure and, in `cells`, the running values of every metric in
 * the layout of the experiment's plan. `conflicted` says that the unit was seen in more than one variant.
 */
export class UnitMetrics extends UnitMetricsSchema.class {}
UnitMetricsSchema.setClass(UnitMetrics);
