import { FLAG_STATUSES, FLAG_TYPES } from '@assay/contracts';
import { defineEntity, p } from '@mikro-orm/core';
import { Event } from '../analysis/event.entity.js';
import { BaseEntity } from '../base/base.entity.js';
import { jsonArray, jsonObject, percentage, timestamp, type JsonObject, type JsonValue } from '../base/columns.js';
import { Project } from '../identity/project.entity.js';
import { User } from '../identity/user.entity.js';
import { FeatureFlagOverride } from './feature-flag-override.entity.js';
import { FlagRevision } from './flag-revision.entity.js';

/** One value that a multivariate flag may serve, with its share among the others. */
export type FlagVariant = { key: string; value: JsonValue; weight: number };

const FeatureFlagSchema = defineEntity({
  name: 'FeatureFlag',
  tableName: 'feature_flags',
  extends: BaseEntity,
  properties: {
    project: () => p.manyToOne(Project).ref().index(false),
    key: p.text(),
    name: p.text(),
    description: p.text().default(''),
    status: p.enum(FLAG_STATUSES).default('INACTIVE'),
    owner: () => p.manyToOne(User).ref().index(false),
    type: p.enum(FLAG_TYPES).default('boolean'),
    targetingRules: jsonArray<JsonObject>(),
    rolloutPercentage: percentage().default(0).check('rollout_percentage >= 0 and rollout_percentage <= 100'),
    variants: jsonArray<FlagVariant>(),
    defaultVariant: p.text().strictNullable(),
    offVariant: p.text().strictNullable(),
    clientSide: p.boolean().default(false),
    tags: jsonArray<string>(),
    salt: p.text(),
    definition: p.json<JsonObject>(),
    expertDefinition: p.boolean().default(false),
    archivedAt: timestamp().strictNullable(),
    valueSchema: p.json<JsonObject>().strictNullable(),
    environmentSettings: jsonObject<Record<string, JsonObject>>(),
    environmentDefinitions: jsonObject<Record<string, JsonObject>>(),
    staleSince: timestamp().strictNullable(),
    staleReason: p.text().strictNullable(),
    version: p.integer().version(),
    overrides: () => p.oneToMany(FeatureFlagOverride).mappedBy('featureFlag'),
    events: () => p.oneToMany(Event).mappedBy('featureFlag'),
    revisions: () => p.oneToMany(FlagRevision).mappedBy('featureFlag').orderBy({ version: 'asc' }),
  },
  uniques: [{ name: 'feature_flags_project_key_unique', properties: ['project', 'key'] }],
  indexes: [{ name: 'feature_flags_owner_status_index', properties: ['owner', 'status'] }],
});

/**
 * A switch with values. `definition` is the compiled document that evaluation runs on; it is made from the simple fields
 * unless `expertDefinition` says that somebody wrote it by hand. Environments with settings of their own have them, and what
 * they compile to, under their ids.
 */
export class FeatureFlag extends FeatureFlagSchema.class {}
FeatureFlagSchema.setClass(FeatureFlag);
