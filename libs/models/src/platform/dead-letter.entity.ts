import { DEAD_LETTER_STATUSES } from '@assay/contracts';
import { defineEntity, p } from '@mikro-orm/core';
import { BaseEntity } from '../base/base.entity.js';

const DeadLetterSchema = defineEntity({
  name: 'DeadLetter',
  tableName: 'dead_letters',
  extends: BaseEntity,
  properties: {
    topic: p.text(),
    partition: p.integer(),
    messageOffset: p.bigint('number'),
    groupId: p.text(),
    key: p.text().strictNullable(),
    scope: p.text().strictNullable(),
    payload: p.text(),
    error: p.text(),
    errorCode: p.text().strictNullable(),
    attempts: p.integer().default(1),
    status: p.enum(DEAD_LETTER_STATUSES).default('dead'),
  },
  indexes: [{ name: 'dead_letters_topic_status_index', properties: ['topic', 'status', 'createdAt'] }],
});

/** A message that a consumer group gave up on. `payload` is text, because a message that is no JSON must fit as well. */
export class DeadLetter extends DeadLetterSchema.class {}
DeadLetterSchema.setClass(DeadLetter);
