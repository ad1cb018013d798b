import { defineEntity, p } from '@mikro-orm/core';
import { BaseEntity } from '../base/base.entity.js';
import { jsonArray, type JsonObject } from '../base/columns.js';
import { Project } from '../identity/project.entity.js';

const LayerSchema = defineEntity({
  name: 'Layer',
  tableName: 'layers',
  extends: BaseEntity,
  properties: {
    project: () => p.manyToOne(Project).ref().index(false),
    key: p.text(),
    name: p.text(),
    description: p.text().default(''),
    generation: p.integer().default(1),
    unit: p
      .json<string[]>()
      .onCreate(() => ['userId'])
      .defaultRaw(`'["userId"]'`),
    salt: p.text(),
    excludes: jsonArray<JsonObject>(),
    mass: p.float().columnType('double precision').default(1),
    used: p.float().columnType('double precision').default(0),
    version: p.integer().version(),
  },
  uniques: [{ name: 'layers_project_key_unique', properties: ['project', 'key'] }],
});

/**
 * Experiments of a layer never share a unit. `used` of the present generation's ranges have been given out; a new generation
 * has a new salt and leaves out (`excludes`) the units of experiments that still run from before, so `mass` of all are its.
 */
export class Layer extends LayerSchema.class {}
LayerSchema.setClass(Layer);
