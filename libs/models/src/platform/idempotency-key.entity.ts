import { defineEntity, p } from '@mikro-orm/core';
import { timestamp, timestampNow, type JsonValue } from '../base/columns.js';

const IdempotencyKeySchema = defineEntity({
  name: 'IdempotencyKey',
  tableName: 'idempotency_keys',
  properties: {
    scope: p.text().primary(),
    key: p.text().primary(),
    method: p.text(),
    path: p.text(),
    requestHash: p.text(),
    status: p.integer().strictNullable(),
    response: p.json<JsonValue>().strictNullable(),
    createdAt: timestampNow(),
    expiresAt: timestamp().index(),
  },
});

/** The answer to a `POST` that came with an `Idempotency-Key`; `status` is null while the first call is running. */
export class IdempotencyKey extends IdempotencyKeySchema.class {}
IdempotencyKeySchema.setClass(IdempotencyKey);
