import { defineEntity, p } from '@mikro-orm/core';
import { timestampNow } from '../base/columns.js';

const LogBatchSchema = defineEntity({
  name: 'LogBatch',
  tableName: 'log_batches',
  properties: {
    topic: p.text().primary(),
    partition: p.integer().primary(),
    baseOffset: p.bigint('number').primary(),
    recordCount: p.integer(),
    scope: p.text().strictNullable(),
    payload: p.blob(),
    createdAt: timestampNow(),
  },
});

/** Records appended at once: `payload` is JSON (mostly compressed with zstd) of `recordCount` records with offsets from `baseOffset` on. */
export class LogBatch extends LogBatchSchema.class {}
LogBatchSchema.setClass(LogBatch);
