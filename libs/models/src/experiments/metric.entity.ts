import { defineEntity, p } from '@mikro-orm/core';
import { BaseEntity } from '../base/base.entity.js';
import { jsonArray } from '../base/columns.js';
import { Experiment } from './experiment.entity.js';

/** What kind of quantity a metric is. */
export const METRIC_TYPES = ['CONVERSION', 'REVENUE', 'COUNT', 'DURATION', 'CUSTOM'] as const;
export type MetricType = (typeof METRIC_TYPES)[number];

/** What a metric is for: to be moved, to be watched, or not to be harmed. */
export const METRIC_ROLES = ['goal', 'secondary', 'guardrail'] as const;
export type MetricRole = (typeof METRIC_ROLES)[number];

/** How a unit's events become the unit's one value. */
export const AGGREGATION_METHODS = [
  'exists',
  'count',
  'sum',
  'average',
  'min',
  'max',
  'first',
  'last',
  'distinct',
  'ratio',
  'quantile',
  'funnel',
] as const;
export type AggregationMethod = (typeof AGGREGATION_METHODS)[number];

const MetricSchema = defineEntity({
  name: 'Metric',
  tableName: 'metrics',
  extends: BaseEntity,
  properties: {
    experiment: () => p.manyToOne(Experiment).ref().index(false).deleteRule('cascade'),
    name: p.text(),
    description: p.text().default(''),
    eventName: p.text(),
    metricType: p.enum(METRIC_TYPES),
    isPrimary: p.boolean().default(false),
    role: p.enum(METRIC_ROLES).default('goal'),
    aggregationMethod: p.enum(AGGREGATION_METHODS),
    minimumSampleSize: p.integer().strictNullable(),
    expectedEffect: p.float().columnType('double precision').strictNullable(),
    eventValuePath: p.text().strictNullable(),
    lowerIsBetter: p.boolean().default(false),
    denominatorEventName: p.text().strictNullable(),
    quantile: p.float().columnType('double precision').strictNullable(),
    quantileBy: p.text().strictNullable(),
    windowHours: p.float().columnType('double precision').strictNullable(),
    delayHours: p.float().columnType('double precision').strictNullable(),
    capPercentile: p.float().columnType('double precision').strictNullable(),
    capValue: p.float().columnType('double precision').strictNullable(),
    ignoreZeros: p.boolean().default(false),
    cupedLookbackDays: p.float().columnType('double precision').strictNullable(),
    covariates: jsonArray<string>(),
    steps: jsonArray<string>(),
    nonInferiorityMargin: p.float().columnType('double precision').strictNullable(),
    position: p.integer().default(0),
  },
  uniques: [{ name: 'metrics_experiment_name_unique', properties: ['experiment', 'name'] }],
});

/** A quantity by which the variants of an experiment are compared, computed per unit from the events named `eventName`. */
export class Metric extends MetricSchema.class {}
MetricSchema.setClass(Metric);
