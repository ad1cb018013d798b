import { defineEntity, p } from '@mikro-orm/core';

const LogPartitionSchema = defineEntity({
  name: 'LogPartition',
  tableName: 'log_partitions',
  properties: {
    topic: p.text().primary(),
    partition: p.integer().primary(),
    nextOffset: p.bigint('number').default(0),
  },
});

/** One partition of a topic; the row is locked to append, so that offsets are given out without gaps. */
export class LogPartition extends LogPartitionSchema.class {}
LogPartitionSchema.setClass(LogPartition);
