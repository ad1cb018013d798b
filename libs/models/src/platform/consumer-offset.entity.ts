import { defineEntity, p } from '@mikro-orm/core';
import { timestampNow } from '../base/columns.js';

const ConsumerOffsetSchema = defineEntity({
  name: 'ConsumerOffset',
  tableName: 'consumer_offsets',
  properties: {
    groupId: p.text().primary(),
    topic: p.text().primary(),
    partition: p.integer().primary(),
    nextOffset: p.bigint('number').default(0),
    updatedAt: timestampNow(),
  },
});

/** How far a consumer group has read a partition: `nextOffset` is the first record it has not handled. */
export class ConsumerOffset extends ConsumerOffsetSchema.class {}
ConsumerOffsetSchema.setClass(ConsumerOffset);
