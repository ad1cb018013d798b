import { z } from 'zod';
import { JsonObject, Key, Percentage, Tags, Time, text } from '../http/primitives.js';
import { Metric, MetricInput } from './metric.js';
import { StorableObject, storable } from './storable-json.js';
import {
  ANALYSIS_ALTERNATIVES,
  ANALYSIS_ENGINES,
  BANDIT_ALGORITHMS,
  CORRECTIONS,
  DECISIONS,
  EXPERIMENT_STATUSES,
  EXPERIMENT_TYPES,
  SEQUENTIAL_METHODS,
} from './vocabulary.js';

const variantFields = {
  key: Key,
  name: text(200).default(''),
  description: text(2_000).default(''),
  isControl: z.boolean().default(false),
  trafficAllocation: Percentage,
};

export const VariantInput = z
  .strictObject({ ...variantFields, configuration: StorableObject.default({}) })
  .meta({ id: 'VariantInput' });
export type VariantInput = z.output<typeof VariantInput>;

export const Variant = z.object({ id: z.uuid(), ...variantFields, configuration: JsonObject }).meta({ id: 'Variant' });
export type Variant = z.output<typeof Variant>;

const planFields = {
  alpha: z.number().gt(0).lt(0.5),
  power: z.number().gt(0.5).lt(1),
  correction: z.enum(CORRECTIONS),
  sequential: z.enum(SEQUENTIAL_METHODS),
  cuped: z.boolean(),
  engine: z.enum(ANALYSIS_ENGINES),
  alternative: z.enum(ANALYSIS_ALTERNATIVES),
  plannedUnits: z.int().min(2).max(1_000_000_000).nullable().meta({
    description:
      'Units of the two arms compared at which the decision is planned: a test at a fixed horizon decides from there on, a confidence sequence is tightest there, and it is the whole information of a group-sequential plan. null: twice the minimumSampleSize of the metric, which is one of each variant; else what its expectedEffect needs at a fixed horizon, and 5,000 to tune a sequential method',
  }),
  looks: z
    .int()
    .min(1)
    .max(50)
    .meta({ description: 'Evenly spaced looks of a group-sequential plan, the last included' }),
  mixtureScale: z.number().gt(0).max(100).nullable().meta({
    description:
      'Spread of the relative effects that msprt mixes over; null: the expectedEffect of the metric, else 0.1',
  }),
  prior: z
    .strictObject({ mean: z.number().min(-100).max(100).default(0), standardDeviation: z.number().gt(0).max(100) })
    .nullable()
    .meta({ description: 'Normal prior of the relative effect; null is flat' }),
  minimumUnits: z
    .int()
    .min(0)
    .max(1_000_000_000)
    .meta({ description: 'Units in every variant before anything is decided' }),
  minimumDays: z.number().min(0).max(3_650).meta({ description: 'Days from the start before anything is decided' }),
  stratifyBy: text(100, 1)
    .nullable()
    .meta({ description: 'Attribute known before the exposure by which means and ratios are post-stratified' }),
  chanceToWin: z.number().gt(0.5).lt(1).meta({ description: 'From this chance on the bayesian engine decides' }),
};

/** How the experiment will be judged; fixed at start. */
export const AnalysisPlan = z
  .strictObject({
    alpha: planFields.alpha.default(0.05),
    power: planFields.power.default(0.8),
    correction: planFields.correction.default('none'),
    sequential: planFields.sequential.default('none'),
    cuped: planFields.cuped.default(false),
    engine: planFields.engine.default('frequentist'),
    alternative: planFields.alternative.default('two-sided'),
    plannedUnits: planFields.plannedUnits.default(null),
    looks: planFields.looks.default(5),
    mixtureScale: planFields.mixtureScale.default(null),
    prior: planFields.prior.default(null),
    minimumUnits: planFields.minimumUnits.default(0),
    minimumDays: planFields.minimumDays.default(0),
    stratifyBy: planFields.stratifyBy.default(null),
    chanceToWin: planFields.chanceToWin.default(0.95),
  })
  .meta({ id: 'AnalysisPlan' });
export type AnalysisPlan = z.output<typeof AnalysisPlan>;

/** A condition of the rule model. Its inside is checked by `checkCondition` of @assay/evaluation. */
export const Condition = z
  .union([z.boolean(), JsonObject])
  .meta({ id: 'Condition', description: 'A Cond of the rule model' });

const banditFields = {
  algorithm: z.enum(BANDIT_ALGORITHMS),
  metric: text(100, 1),
  floor: z.number().min(0).max(0.5),
  updateMinutes: z.int().min(15).max(10_080),
};

/** How a BANDIT moves its traffic: towards which metric, with which least share of each arm, how often. */
export const BanditPlan = z
  .strictObject({
    ...banditFields,
    floor: banditFields.floor.default(0.01),
    updateMinutes: banditFields.updateMinutes.default(60),
  })
  .meta({ id: 'BanditPlan' });
export type BanditPlan = z.output<typeof BanditPlan>;

/** What a factor of a MULTIVARIATE experiment may be, as it stands in the configuration of a variant. */
const Level = text(200, 1);

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
  targetingRules: storable(Condition.nullable()),
  variants: z.array(VariantInput).min(1).max(100),
  metrics: z.array(MetricInput).max(100),
  analysis: AnalysisPlan,
  factors: z.record(Key, z.array(Level).min(2).max(20)).nullable(),
  bandit: BanditPlan.nullable(),
};

/** All that a person says about an experiment, without its address: what a patch is merged into and checked as a whole. */
export const ExperimentDocument = z.strictObject({
  ...settings,
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
});
export type ExperimentDocument = z.output<typeof ExperimentDocument>;

/** Body of `POST /experiments`. */
export const ExperimentCreate = ExperimentDocument.extend({ key: Key, environment: Key.optional() }).meta({
  id: 'ExperimentCreate',
});
export type ExperimentCreate = z.output<typeof ExperimentCreate>;

/**
 * Body of `PATCH /experiments/:id`: a JSON merge patch (RFC 7396). Lists are replaced as a whole, objects are merged, null
 * puts a field back to its default. The merged document is parsed and checked like a new one.
 */
export const ExperimentPatch = z
  .strictObject({
    ...settings,
    description: settings.description.nullable(),
    hypothesis: settings.hypothesis.nullable(),
    experimentType: settings.experimentType.nullable(),
    tags: settings.tags.nullable(),
    coverage: settings.coverage.nullable(),
    unit: settings.unit.nullable(),
    metrics: settings.metrics.nullable(),
    analysis: z.strictObject(nullableFields(planFields)).partial().nullable(),
    factors: z.record(Key, z.array(Level).min(2).max(20).nullable()).nullable(),
    bandit: z.strictObject(nullableFields(banditFields)).partial().nullable(),
  })
  .partial()
  .meta({ id: 'ExperimentPatch' });
export type ExperimentPatch = z.output<typeof ExperimentPatch>;

function nullableFields<S extends Record<string, z.ZodType>>(shape: S): { [K in keyof S]: z.ZodNullable<S[K]> } {
  return Object.fromEntries(Object.entries(shape).map(([name, schema]) => [name, schema.nullable()])) as {
    [K in keyof S]: z.ZodNullable<S[K]>;
  };
}

/** How an experiment was ended. */
export const Decision = z
  .object({ decision: z.enum(DECISIONS), winner: z.string().nullable(), reason: z.string() })
  .meta({ id: 'Decision' });
export type Decision = z.output<typeof Decision>;

/** An experiment as it is answered. */
export const Experiment = z
  .object({
    id: z.uuid(),
    key: z.string(),
    project: z.string(),
    environment: z.string(),
    status: z.enum(EXPERIMENT_STATUSES),
    ...settings,
    targetingRules: Condition.nullable(),
    analysis: AnalysisPlan,
    variants: z.array(Variant),
    metrics: z.array(Metric),
    decision: Decision.nullable(),
    ownerId: z.uuid().nullable(),
    startedAt: z.string().nullable(),
    createdAt: z.string(),
    updatedAt: z.string(),
    version: z.int(),
  })
  .meta({ id: 'Experiment' });
export type Experiment = z.output<typeof Experiment>;

export const CompleteExperiment = z
  .strictObject({ decision: z.enum(DECISIONS), winner: Key.nullish(), reason: text(2_000, 1) })
  .meta({ id: 'CompleteExperiment' });
export type CompleteExperiment = z.output<typeof CompleteExperiment>;

/** A change of a started experiment, kept with its reason. */
export const Amendment = z.strictObject({ change: ExperimentPatch, reason: text(2_000, 1) }).meta({ id: 'Amendment' });
export type Amendment = z.output<typeof Amendment>;

/** Body of `POST /experiments/:id/clone`: by default the key with `-copy` behind it and the same name. */
export const CloneExperiment = z
  .strictObject({ key: Key.optional(), name: text(200, 1).optional() })
  .meta({ id: 'CloneExperiment' });
export type CloneExperiment = z.output<typeof CloneExperiment>;
