import { defineEntity, p } from '@mikro-orm/core';
import { BaseEntity } from '../base/base.entity.js';
import { timestamp, type JsonValue } from '../base/columns.js';
import { FeatureFlag } from './feature-flag.entity.js';

const FeatureFlagOverrideSchema = defineEntity({
  name: 'FeatureFlagOverride',
  tableName: 'feature_flag_overrides',
  extends: BaseEntity,
  properties: {
    featureFlag: () => p.manyToOne(FeatureFlag).ref().index(false).deleteRule('cascade'),
    userId: p.text(),
    value: p.json<JsonValue>(),
    reason: p.text().default(''),
    expiresAt: timestamp().strictNullable(),
  },
  uniques: [{ name: 'feature_flag_overrides_flag_user_unique', properties: ['featureFlag', 'userId'] }],
});

/** The value that one user gets whatever the rules say, until it expires. */
export class FeatureFlagOverride extends FeatureFlagOverrideSchema.class {}
FeatureFlagOverrideSchema.setClass(FeatureFlagOverride);
