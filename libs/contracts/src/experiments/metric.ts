import { z } from 'zod';
import { text } from '../http/primitives.js';
import {
  AGGREGATIONS,
  METRIC_ROLES,
  METRIC_TYPES,
  QUANTILE_BASES,
  type Aggregation,
  type MetricType,
} from './vocabulary.js';

/** The aggregation a metric type implies; CUSTOM has to name one. */
export const DEFAULT_AGGREGATION = {
  CONVERSION: 'exists',
  REVENUE: 'sum',
  COUNT: 'count',
  DURATION: 'average',
  CUSTOM: null,
} as const satisfies Record<MetricType, Aggregation | null>;

const fields = {
  name: text(100, 1),
  description: text(2_000).default(''),
  eventName: text(200, 1),
  metricType: z.enum(METRIC_TYPES),
  isPrimary: z.boolean().default(false),
  role: z.enum(METRIC_ROLES).default('goal'),
  minimumSampleSize: z.int().min(0).max(1_000_000_000).default(0).meta({
    description: 'Units in every variant before anything is decided; the planned sample of a plan without plannedUnits',
  }),
  expectedEffect: z.number().min(-1_000).max(1_000).nullable().default(null),
  eventValuePath: text(500, 1).nullable().default(null),
  lowerIsBetter: z.boolean().default(false),
  denominatorEventName: text(200, 1).nullable().default(null).meta({
    description:
      'Of a ratio: what it is divided by. The event itself (revenue per purchase) is counted, another one adds its value, or 1',
  }),
  quantile: z.number().gt(0).lt(1).nullable().default(null),
  quantileBy: z.enum(QUANTILE_BASES).nullable().default(null).meta({
    description: 'Of a quantile: rank every event (the default), or the sum of each unit',
  }),
  windowHours: z.number().gt(0).max(87_600).nullable().default(null),
  delayHours: z.number().min(0).max(87_600).nullable().default(null),
  capPercentile: z
    .number()
    .gt(0)
    .lt(1, { message: 'must be a fraction below 1, such as 0.99' })
    .nullable()
    .default(null)
    .meta({
      description: 'A fraction, such as 0.99: values are cut at this percentile of the units of all arms together',
    }),
  capValue: z.number().gt(0).max(1e100).nullable().default(null).meta({
    description: 'A number in the unit of the metric: larger values of units are cut to it',
  }),
  ignoreZeros: z.boolean().default(false).meta({
    description: 'Leave zeros out of a quantile, or of the values that capPercentile is taken of',
  }),
  cupedLookbackDays: z.number().gt(0).max(365).nullable().default(null),
  covariates: z.array(text(100, 1)).max(5).default([]).meta({
    description: 'Other metrics of the experiment whose values before the exposure CUPED takes in as well',
  }),
  steps: z.array(text(200, 1)).max(10).default([]).meta({ description: 'Events of a funnel, in their order' }),
  nonInferiorityMargin: z.number().gt(0).max(1).nullable().default(null),
};

/** A metric as it is sent. Conditions that span fields are checked by `checkExperiment`. */
export const MetricInput = z
  .strictObject({ ...fields, aggregationMethod: z.enum(AGGREGATIONS).nullish() })
  .meta({ id: 'MetricInput' });
export type MetricInput = z.output<typeof MetricInput>;

/** A metric as it is answered: nothing is left open. */
export const Metric = z
  .object({ id: z.uuid(), ...fields, aggregationMethod: z.enum(AGGREGATIONS) })
  .meta({ id: 'Metric' });
export type Metric = z.output<typeof Metric>;

/** A metric of the list over all experiments: with the experiment it belongs to. */
export const MetricOfExperiment = Metric.extend({ experimentId: z.uuid(), experimentKey: z.string() }).meta({
  id: 'MetricOfExperiment',
});
export type MetricOfExperiment = z.output<typeof MetricOfExperiment>;
