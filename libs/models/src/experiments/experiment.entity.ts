import { EXPERIMENT_STATUSES, EXPERIMENT_TYPES } from '@assay/contracts';
import { defineEntity, p } from '@mikro-orm/core';
import { Assignment } from '../assignment/assignment.entity.js';
import { Event } from '../analysis/event.entity.js';
import { BaseEntity } from '../base/base.entity.js';
import { jsonArray, jsonObject, percentage, timestamp, type JsonObject } from '../base/columns.js';
import { Environment } from '../identity/environment.entity.js';
import { Project } from '../identity/project.entity.js';
import { User } from '../identity/user.entity.js';
import { ExperimentRevision } from './experiment-revision.entity.js';
import { Metric } from './metric.entity.js';
import { Variant } from './variant.entity.js';

const ExperimentSchema = defineEntity({
  name: 'Experiment',
  tableName: 'experiments',
  extends: BaseEntity,
  properties: {
    project: () => p.manyToOne(Project).ref().index(false),
    environment: () => p.manyToOne(Environment).ref().index(),
    key: p.text(),
    name: p.text(),
    description: p.text().default(''),
    hypothesis: p.text().default(''),
    status: p.enum(EXPERIMENT_STATUSES).default('DRAFT'),
    experimentType: p.enum(EXPERIMENT_TYPES).default('A_B'),
    owner: () => p.manyToOne(User).ref().index(false),
    startDate: timestamp().strictNullable(),
    endDate: timestamp().strictNullable(),
    targetingRules: p.json<JsonObject | boolean>().strictNullable(),
    metrics: jsonArray<string>(),
    tags: jsonArray<string>(),
    coverage: percentage().default(100).check('coverage >= 0 and coverage <= 100'),
    unit: p
      .json<string[]>()
      .onCreate(() => ['userId'])
      .defaultRaw(`'["userId"]'`),
    salt: p.text(),
    layer: p.text().strictNullable(),
    admission: p.json<JsonObject>().strictNullable(),
    analysis: jsonObject(),
    factors: p.json<JsonObject>().strictNullable(),
    bandit: p.json<JsonObject>().strictNullable(),
    decision: p.json<JsonObject>().strictNullable(),
    startedAt: timestamp().strictNullable(),
    version: p.integer().version(),
    variants: () => p.oneToMany(Variant).mappedBy('experiment').orderBy({ position: 'asc' }),
    metricDefinitions: () => p.oneToMany(Metric).mappedBy('experiment').orderBy({ position: 'asc' }),
    assignments: () => p.oneToMany(Assignment).mappedBy('experiment'),
    events: () => p.oneToMany(Event).mappedBy('experiment'),
    revisions: () => p.oneToMany(ExperimentRevision).mappedBy('experiment').orderBy({ version: 'asc' }),
  },
  uniques: [{ name: 'experiments_project_key_unique', properties: ['project', 'key'] }],
  indexes: [
    { name: 'experiments_status_dates_index', properties: ['status', 'startDate', 'endDate'] },
    { name: 'experiments_owner_status_index', properties: ['owner', 'status'] },
  ],
  checks: [{ name: 'experiments_end_after_start_check', expression: 'end_date > start_date' }],
});

/**
 * A test of a hypothesis: its variants share out the traffic, its metrics say what is compared. `metrics` repeats the
 * names of `metricDefinitions`, in their order, and is kept in step by the service.
 */
export class Experiment extends ExperimentSchema.class {}
ExperimentSchema.setClass(Experiment);
