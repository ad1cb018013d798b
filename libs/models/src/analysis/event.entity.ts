import { defineEntity, p } from '@mikro-orm/core';
import { jsonObject, timestamp } from '../base/columns.js';
import { Experiment } from '../experiments/experiment.entity.js';
import { Variant } from '../experiments/variant.entity.js';
import { FeatureFlag } from '../flags/feature-flag.entity.js';

const EventSchema = defineEntity({
  name: 'Event',
  tableName: 'events',
  partitionBy: { type: 'hash', expression: ['id'], partitions: 8 },
  properties: {
    id: p.uuid().primary(),
    projectId: p.uuid(),
    eventId: p.text(),
    eventType: p.text(),
    userId: p.text(),
    experiment: () => p.manyToOne(Experiment).ref().strictNullable().index(false).deleteRule('set null'),
    featureFlag: () => p.manyToOne(FeatureFlag).ref().strictNullable().index(false).deleteRule('set null'),
    variant: () => p.manyToOne(Variant).ref().strictNullable().index(false).deleteRule('set null'),
    value: p.float().columnType('double precision').strictNullable(),
    eventMetadata: jsonObject(),
    createdAt: timestamp(),
    updatedAt: timestamp().defaultRaw('now()'),
  },
  indexes: [
    { name: 'events_user_type_index', properties: ['userId', 'eventType', 'createdAt'] },
    {
      name: 'events_experiment_type_index',
      properties: ['experiment', 'eventType'],
      where: 'experiment_id is not null',
    },
    { name: 'events_stored_index', properties: ['updatedAt'], type: 'brin' },
  ],
});

/**
 * Something that a unit did. `id` is a UUID made from the project and the client's `eventId`, so that it is the dedupe
 * key; it never contains the time. `createdAt` is when the event occurred, `updatedAt` when it was stored. The analysis
 * service inserts rows with its own statements: this entity is for reading.
 */
export class Event extends EventSchema.class {}
EventSchema.setClass(Event);
