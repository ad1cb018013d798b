import { defineEntity, p } from '@mikro-orm/core';
import { doubles, timestamp } from '../base/columns.js';

const ArmDaysSchema = defineEntity({
  name: 'ArmDays',
  tableName: 'arm_days',
  properties: {
    experimentId: p.uuid().primary(),
    variantId: p.uuid().primary(),
    shard: p.smallint().primary(),
    day: p.integer().primary(),
    units: p.bigint('number').default(0),
    conflicted: p.bigint('number').default(0),
    moments: doubles().defaultRaw(`'{}'`),
    updatedAt: timestamp().defaultRaw('now()'),
  },
});

/**
 * `ArmStatistics` apart by the day (UTC, days since 1970) of the units' first exposure: what the time series, the flow of
 * exposures and the sample ratio by day are read from. The days of an arm add up to it.
 */
export class ArmDays extends ArmDaysSchema.class {}
ArmDaysSchema.setClass(ArmDays);
