import { defineEntity, p } from '@mikro-orm/core';
import { v7 as uuidv7 } from 'uuid';
import { timestamp, timestampNow } from './columns.js';
import { toPlain, type PlainObject } from './to-plain.js';

const BaseSchema = defineEntity({
  name: 'BaseEntity',
  abstract: true,
  properties: {
    id: p
      .uuid()
      .primary()
      .onCreate(() => uuidv7()),
    createdAt: timestampNow(),
    updatedAt: timestamp()
      .onCreate((entity: { createdAt?: Date }) => entity.createdAt ?? new Date())
      .onUpdate(() => new Date())
      .defaultRaw('now()'),
  },
});

/**
 * What every resource has: `id` (a UUID v7 made by the application, so that rows sort by their birth), `createdAt`,
 * `updatedAt` and a plain form.
 */
export class BaseEntity extends BaseSchema.class {
  /**
   * The entity as a plain object with camelCase keys: times as RFC 3339 strings, relations only where they are loaded
   * (a to-one relation always leaves its id as `<relation>Id`), hidden columns never.
   */
  toJSON(): PlainObject {
    return toPlain(this);
  }
}
BaseSchema.setClass(BaseEntity);
