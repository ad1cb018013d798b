import { defineEntity, p } from '@mikro-orm/core';
import { BaseEntity } from '../base/base.entity.js';
import { percentage, timestamp } from '../base/columns.js';
import { Project } from '../identity/project.entity.js';
import { Layer } from './layer.entity.js';

const HoldoutSchema = defineEntity({
  name: 'Holdout',
  tableName: 'holdouts',
  extends: BaseEntity,
  properties: {
    project: () => p.manyToOne(Project).ref().index(false),
    layer: () => p.manyToOne(Layer).ref().strictNullable().index('holdouts_layer_index').deleteRule('cascade'),
    key: p.text(),
    name: p.text(),
    description: p.text().default(''),
    share: percentage().check('share > 0 and share <= 50'),
    salt: p.text(),
    releasedAt: timestamp().strictNullable(),
    version: p.integer().version(),
  },
  uniques: [{ name: 'holdouts_project_key_unique', properties: ['project', 'key'] }],
});

/** Units that take part in no experiment of the project (or of a layer) that starts while it holds. */
export class Holdout extends HoldoutSchema.class {}
HoldoutSchema.setClass(Holdout);
