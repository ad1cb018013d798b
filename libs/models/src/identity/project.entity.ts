import { defineEntity, p } from '@mikro-orm/core';
import { BaseEntity } from '../base/base.entity.js';
import { Environment } from './environment.entity.js';

const ProjectSchema = defineEntity({
  name: 'Project',
  tableName: 'projects',
  extends: BaseEntity,
  properties: {
    key: p.text().unique(),
    name: p.text(),
    description: p.text().default(''),
    version: p.integer().version(),
    environments: () => p.oneToMany(Environment).mappedBy('project').orderBy({ position: 'asc' }),
  },
});

/** The tenant: experiments, flags, segments, events and keys all belong to one project. */
export class Project extends ProjectSchema.class {}
ProjectSchema.setClass(Project);
