import { z } from 'zod';
import { EXPERIMENT_STATUSES, METRIC_ROLES } from '../experiments/vocabulary.js';

/** Why a number is missing; the number itself is null, never 0. */
export const Refusal = z.object({ code: z.string(), message: z.string() }).meta({ id: 'Refusal' });
export type Refusal = z.output<typeof Refusal>;

const bound = z.number().nullable();
const Estimate = z.object({
  estimate: z.number().nullable(),
  standardError: z.number().nullable(),
  ci: z.tuple([bound, bound]).nullable(),
});

export const SRM_VERDICTS = ['ok', 'warning', 'mismatch', 'insufficient'] as const;

export const SrmResult = z
  .object({
    statistic: z.number().nullable(),
    degreesOfFreedom: z.int(),
    pValue: z.number().nullable(),
    verdict: z.enum(SRM_VERDICTS),
  })
  .meta({ id: 'SrmResult' });
export type SrmResult = z.output<typeof SrmResult>;

export const ArmResult = z
  .object({
    variantKey: z.string(),
    isControl: z.boolean(),
    n: z.int(),
    sum: z.number(),
    mean: z.number().nullable(),
    standardDeviation: z.number().nullable(),
  })
  .meta({ id: 'ArmResult' });
export type ArmResult = z.output<typeof ArmResult>;

export const Comparison = z
  .object({
    variantKey: z.string(),
    against: z.string(),
    absolute: Estimate.nullable(),
    relative: Estimate.nullable(),
    test: z.string().nullable(),
    statistic: z.number().nullable(),
    degreesOfFreedom: z.number().nullable(),
    pValue: z.number().nullable(),
    adjustedPValue: z.number().nullable(),
    significant: z.boolean().nullable(),
    sequential: z.record(z.string(), z.unknown()).nullable(),
    bayesian: z
      .object({
        chanceToWin: z.number(),
        expectedLoss: z.number(),
        credibleInterval: z.tuple([z.number(), z.number()]),
      })
      .nullable(),
    refusal: Refusal.nullable(),
  })
  .meta({ id: 'Comparison' });
export type Comparison = z.output<typeof Comparison>;

export const METRIC_KINDS = ['proportion', 'mean', 'ratio', 'quantile'] as const;

export const MetricResult = z
  .object({
    name: z.string(),
    role: z.enum(METRIC_ROLES),
    isPrimary: z.boolean(),
    kind: z.enum(METRIC_KINDS),
    lowerIsBetter: z.boolean(),
    variants: z.array(ArmResult),
    comparisons: z.array(Comparison),
    refusal: Refusal.nullable(),
  })
  .meta({ id: 'MetricResult' });
export type MetricResult = z.output<typeof MetricResult>;

export const VERDICTS = [
  'treatment-better',
  'control-better',
  'no-difference-yet',
  'inconclusive',
  'invalid',
  'no-data',
] as const;

export const ExperimentResults = z
  .object({
    experimentId: z.string(),
    experimentKey: z.string(),
    status: z.enum(EXPERIMENT_STATUSES),
    computedAt: z.string(),
    dataThrough: z.string().nullable(),
    units: z.record(z.string(), z.int()),
    multipleExposures: z.int(),
    srm: SrmResult,
    metrics: z.array(MetricResult),
    verdict: z.object({ decision: z.enum(VERDICTS), winner: z.string().nullable(), reasons: z.array(z.string()) }),
  })
  .meta({ id: 'ExperimentResults' });
export type ExperimentResults = z.output<typeof ExperimentResults>;
