import { defineEntity, p } from '@mikro-orm/core';
import { timestamp } from '../base/columns.js';

const RecordedLookSchema = defineEntity({
  name: 'RecordedLook',
  tableName: 'recorded_looks',
  properties: {
    experimentId: p.uuid().primary(),
    metric: p.text().primary(),
    variantId: p.uuid().primary(),
    look: p.smallint().primary(),
    plannedLook: p.smallint(),
    takenAt: timestamp(),
    units: p.bigint('number'),
    informationFraction: p.double(),
    alpha: p.double(),
    estimate: p.double(),
    standardError: p.double(),
    relativeEstimate: p.double().strictNullable(),
    relativeStandardError: p.double().strictNullable(),
    statistic: p.double(),
    criticalValue: p.double(),
    alphaSpent: p.double(),
    crossed: p.boolean(),
  },
});

/**
 * A look of a group-sequential plan at one metric of one treatment: what was seen when the planned information was first there,
 * and the boundary it was held against. `look` counts those that were taken, `plannedLook` is the one of the plan.
 */
export class RecordedLook extends RecordedLookSchema.class {}
RecordedLookSchema.setClass(RecordedLook);
