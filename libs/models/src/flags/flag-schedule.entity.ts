import { defineEntity, p } from '@mikro-orm/core';
import { BaseEntity } from '../base/base.entity.js';
import { timestamp, type JsonObject } from '../base/columns.js';
import { FeatureFlag } from './feature-flag.entity.js';

export const SCHEDULE_STATUSES = ['PENDING', 'APPLIED', 'FAILED', 'CANCELLED'] as const;
export type ScheduleStatus = (typeof SCHEDULE_STATUSES)[number];

const FlagScheduleSchema = defineEntity({
  name: 'FlagSchedule',
  tableName: 'flag_schedules',
  extends: BaseEntity,
  properties: {
    featureFlag: () => p.manyToOne(FeatureFlag).ref().index('flag_schedules_flag_index').deleteRule('cascade'),
    environmentId: p.uuid().strictNullable(),
    at: timestamp(),
    change: p.json<JsonObject>(),
    reason: p.text().default(''),
    status: p.enum(SCHEDULE_STATUSES).default('PENDING'),
    failure: p.text().strictNullable(),
    rampId: p.uuid().strictNullable(),
    actorId: p.uuid(),
    actorName: p.text(),
  },
  indexes: [{ name: 'flag_schedules_status_at_index', properties: ['status', 'at'] }],
});

/** A change of a flag that is to be made at a time, in the name of who planned it. Steps of one ramp share `rampId`. */
export class FlagSchedule extends FlagScheduleSchema.class {}
FlagScheduleSchema.setClass(FlagSchedule);
