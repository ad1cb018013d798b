import { defineEntity, p } from '@mikro-orm/core';
import { timestamp, timestampNow, type JsonValue } from '../base/columns.js';

const RejectedEventSchema = defineEntity({
  name: 'RejectedEvent',
  tableName: 'rejected_events',
  properties: {
    id: p.uuid().primary(),
    projectId: p.uuid(),
    reason: p.text(),
    message: p.text(),
    payload: p.json<JsonValue>(),
    createdAt: timestampNow(),
    replayedAt: timestamp().strictNullable(),
  },
  indexes: [{ name: 'rejected_events_project_index', properties: ['projectId', 'createdAt'] }],
});

/** An event that was refused: `reason` is the stable code, `payload` what was sent. A replayed one is accepted after all. */
export class RejectedEvent extends RejectedEventSchema.class {}
RejectedEventSchema.setClass(RejectedEvent);
