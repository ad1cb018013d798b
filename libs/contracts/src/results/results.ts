import { z } from 'zod';
import { EXPERIMENT_STATUSES, METRIC_ROLES, SEQUENTIAL_METHODS } from '../experiments/vocabulary.js';

/** Why a number is missing; the number itself is null, never 0. */
export const Refusal = z.object({ code: z.string(), message: z.string() }).meta({ id: 'Refusal' });
export type Refusal = z.output<typeof Refusal>;

const bound = z.number().nullable();
/** Ends of an interval; null on the open side of a one-sided one. */
const Bounds = z.tuple([bound, bound]);
export const Estimate = z
  .object({ estimate: z.number().nullable(), standardError: z.number().nullable(), ci: Bounds.nullable() })
  .meta({ id: 'Estimate' });
export type Estimate = z.output<typeof Estimate>;

export const ROBUST_METHODS = ['log', 'fieller'] as const;

export const RelativeEstimate = Estimate.extend({
  robust: z
    .object({ method: z.enum(ROBUST_METHODS), ci: Estimate.shape.ci })
    .nullable()
    .meta({
      description:
        'The interval to go by where control is less than ten standard errors from 0, so that the delta method, by which `ci` is made, is too rough: on the log scale, or Fieller’s, which has open ends where control cannot be told from 0. Else null',
    }),
}).meta({ id: 'RelativeEstimate' });
export type RelativeEstimate = z.output<typeof RelativeEstimate>;

export const SRM_VERDICTS = ['ok', 'warning', 'mismatch', 'insufficient'] as const;

/** Which split the units are compared with: the only one there was, or that in force when each unit was first exposed. */
export const SRM_EXPECTATIONS = ['allocation', 'allocation-at-exposure'] as const;

export const SrmResult = z
  .object({
    statistic: z.number().nullable(),
    degreesOfFreedom: z.int(),
    pValue: z.number().nullable(),
    verdict: z.enum(SRM_VERDICTS),
    expectation: z.enum(SRM_EXPECTATIONS).meta({
      description:
        'The split that was expected: of the one allocation, or, where it was amended while units came in, of the allocation in force when each unit was first exposed',
    }),
  })
  .meta({ id: 'SrmResult' });
export type SrmResult = z.output<typeof SrmResult>;

export const ArmResult = z
  .object({
    variantKey: z.string(),
    isControl: z.boolean(),
    n: z.int(),
    sum: z.number().nullable(),
    mean: z.number().nullable(),
    standardDeviation: z.number().nullable(),
    steps: z.array(z.int()).optional().meta({ description: 'Units that did the steps of a funnel up to each one' }),
  })
  .meta({ id: 'ArmResult' });
export type ArmResult = z.output<typeof ArmResult>;

/** Methods that hold at every look, each with an interval that a series can show. */
export const SEQUENTIAL_VIEWS = ['asymptotic-cs', 'msprt'] as const;

/** A look of a group-sequential plan as it was taken; what comes later does not change it. */
export const RecordedLook = z
  .object({
    look: z.int().meta({ description: 'Planned look that had been reached, of `looks`' }),
    takenAt: z.string(),
    units: z.int().meta({ description: 'Of both arms' }),
    informationFraction: z.number().meta({ description: 'Of the planned units, at most 1' }),
    absolute: Estimate.meta({ description: 'With the repeated confidence interval' }),
    relative: Estimate.nullable(),
    statistic: z.number(),
    criticalValue: z.number().nullable().meta({ description: 'null: nothing could have crossed' }),
    alphaSpent: z.number().meta({ description: 'On one side, up to this look' }),
    crossed: z.boolean(),
  })
  .meta({ id: 'RecordedLook' });
export type RecordedLook = z.output<typeof RecordedLook>;

/** The view that may be looked at all the time, by the method of the plan. */
export const SequentialResult = z
  .object({
    method: z.enum(SEQUENTIAL_METHODS),
    pValue: z.number().nullable().meta({ description: 'Always valid; null for group-sequential methods' }),
    ci: Bounds.nullable(),
    relativeCi: Bounds.nullable(),
    significant: z.boolean(),
    alpha: z.number().meta({ description: 'Level of this comparison, after the correction over the family' }),
    units: z.int().meta({ description: 'Of both arms, now' }),
    plannedUnits: z.int().nullable(),
    informationFraction: z.number().nullable().meta({ description: 'Now, of the planned units' }),
    criticalValue: z
      .number()
      .nullable()
      .meta({ description: 'Of the recorded look that decides; null before the first' }),
    look: z.int().nullable().meta({ description: 'The planned look that was taken last; null before the first' }),
    looks: z.int().nullable(),
    mixtureScale: z.number().nullable(),
    recordedLooks: z.array(RecordedLook).meta({ description: 'What a group-sequential plan decides by' }),
    nextLook: z
      .object({ look: z.int(), units: z.int(), informationFraction: z.number() })
      .nullable()
      .meta({ description: 'When a group-sequential plan looks again; null when it has decided or come to its end' }),
  })
  .meta({ id: 'SequentialResult' });
export type SequentialResult = z.output<typeof SequentialResult>;

export const BayesianResult = z
  .object({
    chanceToWin: z.number(),
    expectedLoss: z.number(),
    credibleInterval: z.tuple([z.number(), z.number()]),
  })
  .meta({ id: 'BayesianResult' });

/** How the numbers were made more precise by what was known before the exposure. */
export const AdjustmentResult = z
  .object({
    methods: z.array(z.enum(['cuped', 'post-stratification'])),
    covariates: z
      .array(z.object({ name: z.string(), theta: z.number() }))
      .meta({ description: 'With the slopes over all units; strata have slopes of their own' }),
    varianceReduction: z.number().nullable(),
    stratifiedBy: z.string().nullable(),
    refusal: Refusal.nullable().meta({
      description: 'Why the plan’s adjustment was not made, or not with all covariates',
    }),
    unadjusted: z
      .object({ absolute: Estimate.nullable(), relative: Estimate.nullable(), pValue: z.number().nullable() })
      .nullable(),
  })
  .meta({ id: 'AdjustmentResult' });
export type AdjustmentResult = z.output<typeof AdjustmentResult>;

/** A margin that must not be lost, or, for a guardrail without one, the test of harm. */
export const GuardResult = z
  .object({
    margin: z.number().nullable(),
    nonInferior: z.boolean().nullable(),
    nonInferiorityPValue: z.number().nullable().meta({ description: 'null at the looks of a group-sequential plan' }),
    harmed: z.boolean().nullable(),
    harmPValue: z.number().nullable().meta({ description: 'null at the looks of a group-sequential plan' }),
    method: z.enum(SEQUENTIAL_METHODS).meta({
      description: 'By what both are tested: `none` is a fixed horizon, the others hold as often as the plan looks',
    }),
    refusal: Refusal.nullable().meta({ description: 'Why harm or margin cannot be told; the margin is not kept then' }),
  })
  .meta({ id: 'GuardResult' });
export type GuardResult = z.output<typeof GuardResult>;

/** What is still needed to tell the effect that the metric is planned for. */
export const MidExperimentResult = z
  .object({
    targetEffect: z.number().meta({ description: 'Relative' }),
    targetPower: z.number(),
    powerNow: z.number().nullable(),
    additionalUnits: z.number().nullable(),
    additionalDays: z.number().nullable(),
    refusal: Refusal.nullable(),
  })
  .meta({ id: 'MidExperimentResult' });
export type MidExperimentResult = z.output<typeof MidExperimentResult>;

export const DECIDING_VIEWS = ['fixed', 'sequential', 'bayesian'] as const;
export type DecidingView = (typeof DECIDING_VIEWS)[number];

export const Comparison = z
  .object({
    variantKey: z.string(),
    against: z.string(),
    absolute: Estimate.nullable(),
    relative: RelativeEstimate.nullable(),
    test: z.string().nullable(),
    statistic: z.number().nullable(),
    degreesOfFreedom: z.number().nullable(),
    pValue: z.number().nullable(),
    adjustedPValue: z.number().nullable(),
    significant: z.boolean().nullable().meta({ description: 'Of the fixed-horizon view, after the correction' }),
    sequential: SequentialResult.nullable(),
    sequentialRefusal: Refusal.nullable().meta({
      description: 'Why there is no sequential view though the plan has one',
    }),
    bayesian: BayesianResult.nullable(),
    decidedBy: z.enum(DECIDING_VIEWS).meta({ description: 'Which of the three views the plan decides by' }),
    decisive: z.boolean().nullable().meta({ description: 'Whether that view shows a difference' }),
    adjustment: AdjustmentResult.nullable(),
    guard: GuardResult.nullable(),
    power: MidExperimentResult.nullable(),
    refusal: Refusal.nullable(),
  })
  .meta({ id: 'Comparison' });
export type Comparison = z.output<typeof Comparison>;

export const METRIC_KINDS = ['proportion', 'mean', 'ratio', 'quantile'] as const;

/** One value of a dimension. */
export const SegmentResult = z
  .object({
    segment: z.string(),
    variants: z.array(ArmResult),
    comparisons: z.array(Comparison.extend({ holmPValue: z.number().nullable(), bhPValue: z.number().nullable() })),
  })
  .meta({ id: 'SegmentResult' });
export type SegmentResult = z.output<typeof SegmentResult>;

/** Whether an effect differs between the values of a dimension by more than chance. */
export const HeterogeneityResult = z
  .object({
    variantKey: z.string(),
    statistic: z.number().nullable(),
    degreesOfFreedom: z.int().nullable(),
    pValue: z.number().nullable(),
    adjustedPValue: z.number().nullable().meta({ description: 'False discovery rate over metrics and variants' }),
    i2: z.number().nullable(),
    tau2: z.number().nullable(),
    refusal: Refusal.nullable(),
  })
  .meta({ id: 'HeterogeneityResult' });
export type HeterogeneityResult = z.output<typeof HeterogeneityResult>;

export const MetricResult = z
  .object({
    name: z.string(),
    role: z.enum(METRIC_ROLES),
    isPrimary: z.boolean(),
    kind: z.enum(METRIC_KINDS),
    lowerIsBetter: z.boolean(),
    variants: z.array(ArmResult),
    comparisons: z.array(Comparison),
    cap: z
      .object({ value: z.number().nullable(), percentile: z.number().nullable(), units: z.int().nullable() })
      .nullable()
      .meta({
        description:
          'Where values were cut, and of how many units; `units` is null of a `capValue`, whose cuts are not counted',
      }),
    dimension: z.object({ segments: z.array(SegmentResult), heterogeneity: z.array(HeterogeneityResult) }).nullable(),
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

/** What somebody who decides would do. */
export const VERDICT_ACTIONS = ['ship', 'rollback', 'keep-running', 'inconclusive', 'invalid'] as const;
export type VerdictAction = (typeof VERDICT_ACTIONS)[number];

export const ExperimentResults = z
  .object({
    experimentId: z.string(),
    experimentKey: z.string(),
    status: z.enum(EXPERIMENT_STATUSES).meta({ description: 'Now, or at `asOf`' }),
    alpha: z.number().meta({ description: 'Of the plan: intervals are at 1 − alpha' }),
    computedAt: z.string(),
    dataThrough: z.string().nullable(),
    units: z.record(z.string(), z.int()),
    multipleExposures: z.int(),
    srm: SrmResult,
    metrics: z.array(MetricResult),
    dimension: z
      .object({ name: z.string(), units: z.record(z.string(), z.record(z.string(), z.int())) })
      .nullable()
      .meta({ description: 'Units by segment and variant' }),
    verdict: z.object({
      decision: z.enum(VERDICTS),
      action: z.enum(VERDICT_ACTIONS),
      winner: z.string().nullable(),
      decidedBy: z.enum(DECIDING_VIEWS),
      reasons: z.array(z.string()),
      needs: z
        .object({ units: z.int().nullable(), days: z.number().nullable() })
        .nullable()
        .meta({ description: 'Further units and days until the plan can decide' }),
    }),
  })
  .meta({ id: 'ExperimentResults' });
export type ExperimentResults = z.output<typeof ExperimentResults>;
