import { defineEntity, p } from '@mikro-orm/core';
import { doubles, timestamp } from '../base/columns.js';

const UnitMetricsSchema = defineEntity({
  name: 'UnitMetrics',
  tableName: 'unit_metrics',
  properties: {
    experimentId: p.uuid().primary(),
    userId: p.text().primary(),
    variantId: p.uuid(),
    exposedAt: timestamp(),
    conflicted: p.boolean().default(false),
    shard: p.smallint(),
    cells: doubles(),
  },
});

/**
 * What one unit has done in one experiment: its first exposure and, in `cells`, the running values of every metric in
 * the layout of the experiment's plan. `conflicted` says that the unit was seen in more than one variant.
 */
export class UnitMetrics extends UnitMetricsSchema.class {}
UnitMetricsSchema.setClass(UnitMetrics);
