import { defineEntity, p } from '@mikro-orm/core';
import { BaseEntity } from '../base/base.entity.js';
import { Project } from '../identity/project.entity.js';

const ValueListSchema = defineEntity({
  name: 'ValueList',
  tableName: 'value_lists',
  extends: BaseEntity,
  properties: {
    project: () => p.manyToOne(Project).ref().index(false),
    key: p.text(),
    name: p.text(),
    description: p.text().default(''),
    size: p.integer().default(0),
    /** Who holds an older version has to read all members: removals before it are forgotten. */
    changesSince: p.integer().default(0),
    version: p.integer().version(),
  },
  uniques: [{ name: 'value_lists_project_key_unique', properties: ['project', 'key'] }],
});

/** A large list of values that conditions name; its members are rows of `value_list_members`. */
export class ValueList extends ValueListSchema.class {}
ValueListSchema.setClass(ValueList);
