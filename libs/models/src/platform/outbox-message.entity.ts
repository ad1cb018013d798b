import { defineEntity, p } from '@mikro-orm/core';
import { timestampNow, type JsonObject } from '../base/columns.js';

const OutboxMessageSchema = defineEntity({
  name: 'OutboxMessage',
  tableName: 'outbox',
  properties: {
    id: p.bigint('number').primary().generated('by default as identity'),
    topic: p.text(),
    key: p.text(),
    scope: p.text().strictNullable(),
    envelope: p.json<JsonObject>(),
    createdAt: timestampNow(),
  },
});

/** A message that was written in the transaction of the change it tells of, and waits to be published in order of `id`. */
export class OutboxMessage extends OutboxMessageSchema.class {}
OutboxMessageSchema.setClass(OutboxMessage);
