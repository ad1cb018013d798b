import { defineEntity, p } from '@mikro-orm/core';
import { BaseEntity } from '../base/base.entity.js';
import { Project } from './project.entity.js';

const EnvironmentSchema = defineEntity({
  name: 'Environment',
  tableName: 'environments',
  extends: BaseEntity,
  properties: {
    project: () => p.manyToOne(Project).ref().index(false).deleteRule('cascade'),
    key: p.text(),
    name: p.text(),
    position: p.integer().default(0),
  },
  uniques: [{ name: 'environments_project_key_unique', properties: ['project', 'key'] }],
});

/** A stage of a project, such as `production`. Goes away with its project. */
export class Environment extends EnvironmentSchema.class {}
EnvironmentSchema.setClass(Environment);
