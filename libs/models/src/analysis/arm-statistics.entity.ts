import { defineEntity, p } from '@mikro-orm/core';
import { doubles, timestamp } from '../base/columns.js';

const ArmStatisticsSchema = defineEntity({
  name: 'ArmStatistics',
  tableName: 'arm_statistics',
  properties: {
    experimentId: p.uuid().primary(),
    variantId: p.uuid().primary(),
    shard: p.smallint().primary(),
    units: p.bigint('number').default(0),
    conflicted: p.bigint('number').default(0),
    moments: doubles().defaultRaw(`'{}'`),
    updatedAt: timestamp().defaultRaw('now()'),
  },
});

/**
 * The sufficient statistics of every metric in one variant, one row per shard; the shards are added on read. `moments`
 * holds, metric by metric in the layout of the experiment's plan, sums as double-double pairs, so that adding and taking
 * away leaves no drift. `conflicted` counts units first seen here and later in another variant; they are in no sum.
 */
export class ArmStatistics extends ArmStatisticsSchema.class {}
ArmStatisticsSchema.setClass(ArmStatistics);
