import { defineEntity, p } from '@mikro-orm/core';
import { timestamp } from '../base/columns.js';

const FlagEvaluationCountSchema = defineEntity({
  name: 'FlagEvaluationCount',
  tableName: 'flag_evaluation_counts',
  properties: {
    featureFlagId: p.uuid().primary(),
    environmentId: p.uuid().primary(),
    day: p.date().primary(),
    variant: p.text().primary(),
    count: p.bigint('number'),
    lastAt: timestamp(),
  },
});

/** How often a flag served a variant on a day; written by SQL. The variant "" is the default in the code. */
export class FlagEvaluationCount extends FlagEvaluationCountSchema.class {}
FlagEvaluationCountSchema.setClass(FlagEvaluationCount);
