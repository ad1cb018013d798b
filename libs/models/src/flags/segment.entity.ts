import { defineEntity, p } from '@mikro-orm/core';
import { BaseEntity } from '../base/base.entity.js';
import type { JsonObject } from '../base/columns.js';
import { Project } from '../identity/project.entity.js';

const SegmentSchema = defineEntity({
  name: 'Segment',
  tableName: 'segments',
  extends: BaseEntity,
  properties: {
    project: () => p.manyToOne(Project).ref().index(false),
    key: p.text(),
    name: p.text(),
    description: p.text().default(''),
    condition: p.json<JsonObject | boolean>(),
    version: p.integer().version(),
  },
  uniques: [{ name: 'segments_project_key_unique', properties: ['project', 'key'] }],
});

/** A named condition that flags and experiments of its project refer to. */
export class Segment extends SegmentSchema.class {}
SegmentSchema.setClass(Segment);
