import { z } from 'zod';
import { JsonObject, Key, Percentage, Tags, Time, text } from '../http/primitives.js';
import { Metric, MetricInput } from './metric.js';
import { CORRECTIONS, DECISIONS, EXPERIMENT_STATUSES, EXPERIMENT_TYPES, SEQUENTIAL_METHODS } from './vocabulary.js';

const variantFields = {
  key: Key,
  name: text(200).default(''),
  description: text(2_000).default(''),
  isControl: z.boolean().default(false),
  trafficAllocation: Percentage,
  configuration: JsonObject.default({}),
};

export const VariantInput = z.strictObject(variantFields).meta({ id: 'VariantInput' });
export type VariantInput = z.output<typeof VariantInput>;

export const Variant = z.object({ id: z.uuid(), ...variantFields }).meta({ id: 'Variant' });
export type Variant = z.output<typeof Variant>;

/** How the experiment will be judged; fixed at start. */
export const AnalysisPlan = z
  .strictObject({
    alpha: z.number().gt(0).lt(0.5).default(0.05),
    power: z.number().gt(0.5).lt(1).default(0.8),
    correction: z.enum(CORRECTIONS).default('none'),
    sequential: z.enum(SEQUENTIAL_METHODS).default('none'),
    cuped: z.boolean().default(false),
  })
  .meta({ id: 'AnalysisPlan' });
export type AnalysisPlan = z.output<typeof AnalysisPlan>;

/** A condition of the rule model. Its inside is checked by `checkCondition` of @assay/evaluation. */
export const Condition = z.union([z.boolean(), JsonObject]).meta({ id: 'Condition', description: 'A Cond of the rule model' });

const BanditPlan = z.strictObject({
  algorithm: z.enum(['thompson', 'top-two', 'epsilon-greedy', 'ucb1']),
  metric: text(100, 1),
  floor: z.number().min(0).max(0.5).default(0.01),
  updateMinutes: z.int().min(15).max(10_080).default(60),
});

const settings = {
  name: text(200, 1),
  description: text(10_000),
  hypothesis: text(10_000),
  experimentType: z.enum(EXPERIMENT_TYPES),
  startDate: Time.nullable(),
  endDate: Time.nullable(),
  tags: Tags,
  coverage: Percentage,
  unit: z.array(text(200, 1)).min(1).max(5),
  layer: Key.nullable(),
  targetingRules: Condition.nullable(),
  variants: z.array(VariantInput).min(1).max(100),
  metrics: z.array(MetricInput).max(100),
  analysis: AnalysisPlan,
  factors: z.record(Key, z.array(Key).min(2).max(20)).nullable(),
  bandit: BanditPlan.nullable(),
};

/** Body of `POST /experiments`. */
export const ExperimentCreate = z
  .strictObject({
    ...settings,
    key: Key,
    environment: Key.optional(),
    description: settings.description.default(''),
    hypothesis: settings.hypothesis.default(''),
    experimentType: settings.experimentType.default('A_B'),
    startDate: settings.startDate.default(null),
    endDate: settings.endDate.default(null),
    tags: settings.tags.default([]),
    coverage: settings.coverage.default(100),
    unit: settings.unit.default(['userId']),
    layer: settings.layer.default(null),
    targetingRules: settings.targetingRules.default(null),
    metrics: settings.metrics.default([]),
    analysis: settings.analysis.prefault({}),
    factors: settings.factors.default(null),
    bandit: settings.bandit.default(null),
  })
  .meta({ id: 'ExperimentCreate' });
export type ExperimentCreate = z.output<typeof ExperimentCreate>;

/** Body of `PATCH /experiments/:id`: a JSON merge patch; lists are replaced as a whole. */
export const ExperimentPatch = z.strictObject(settings).partial().meta({ id: 'ExperimentPatch' });
export type ExperimentPatch = z.output<typeof ExperimentPatch>;

/** An experiment as it is answered. */
export const Experiment = z
  .object({
    id: z.uuid(),
    key: z.string(),
    project: z.string(),
    environment: z.string(),
    status: z.enum(EXPERIMENT_STATUSES),
    ...settings,
    analysis: AnalysisPlan,
    variants: z.array(Variant),
    metrics: z.array(Metric),
    decision: z
      .object({ decision: z.enum(DECISIONS), winner: z.string().nullable(), reason: z.string() })
      .nullable(),
    ownerId: z.uuid().nullable(),
    startedAt: z.string().nullable(),
    createdAt: z.string(),
    updatedAt: z.string(),
    version: z.int(),
  })
  .meta({ id: 'Experiment' });
export type Experiment = z.output<typeof Experiment>;

export const CompleteExperiment = z
  .strictObject({ decision: z.enum(DECISIONS), winner: Key.optional(), reason: text(2_000, 1) })
  .meta({ id: 'CompleteExperiment' });

/** A change of a started experiment, kept with its reason. */
export const Amendment = z.strictObject({ change: ExperimentPatch, reason: text(2_000, 1) }).meta({ id: 'Amendment' });
