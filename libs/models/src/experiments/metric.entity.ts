import { AGGREGATIONS, METRIC_ROLES, METRIC_TYPES } from '@assay/contracts';
import { defineEntity, p } from '@mikro-orm/core';
import { BaseEntity } from '../base/base.entity.js';
import { jsonArray } from '../base/columns.js';
import { Experiment } from './experiment.entity.js';

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
    aggregationMethod: p.enum(AGGREGATIONS),
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
