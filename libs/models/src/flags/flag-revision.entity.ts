import { defineEntity, p } from '@mikro-orm/core';
import { BaseEntity } from '../base/base.entity.js';
import type { JsonObject } from '../base/columns.js';
import { FeatureFlag } from './feature-flag.entity.js';

const FlagRevisionSchema = defineEntity({
  name: 'FlagRevision',
  tableName: 'flag_revisions',
  extends: BaseEntity,
  properties: {
    featureFlag: () => p.manyToOne(FeatureFlag).ref().index(false).deleteRule('cascade'),
    version: p.integer(),
    definition: p.json<JsonObject>(),
    change: p.text(),
    reason: p.text().strictNullable(),
    actorId: p.uuid().strictNullable(),
  },
  uniques: [{ name: 'flag_revisions_flag_version_unique', properties: ['featureFlag', 'version'] }],
});

/** The definition of a flag as it was from one version on, and why it was changed. Rows are only added. */
export class FlagRevision extends FlagRevisionSchema.class {}
FlagRevisionSchema.setClass(FlagRevision);
