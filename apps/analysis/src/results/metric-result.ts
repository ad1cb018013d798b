import type { ArmResult, Comparison, ExperimentDefinition, MetricResult, Refusal } from '@assay/contracts';
import type { ExperimentData } from '../data/experiment-data.js';
import { looksOf, type LookTaken } from '../looks/look-taken.js';
import type { MetricPlan } from '../plan/metric-plan.js';
import { adjustedComparison, plainEffect, relativeEffect, type ArmPair } from './adjusted-comparison.js';
import { comparisonOptions } from './comparison-options.js';
import { decidingView } from './deciding-view.js';
import type { FamilySize } from './family-size.js';
import { guardView } from './guard-view.js';
import { kindOf, metricArm, type MetricArm, type PlannedVariant } from './metric-arm.js';
import { powerView } from './power-view.js';
import { sequentialView } from './sequential-view.js';

/** What a metric is computed from and by. */
export interface MetricInput {
  readonly plan: MetricPlan;
  readonly definition: ExperimentDefinition;
  readonly data: ExperimentData;
  /** The same data by the values of the attribute that the plan stratifies by; null when it does not. */
  readonly strata: ReadonlyMap<string, ExperimentData> | null;
  readonly family: FamilySize;
  /** Looks of the plan that were taken; null for a part of the data. */
  readonly looks: readonly LookTaken[] | null;
  /** New units of an arm a day, by variant id. */
  readonly dailyUnits: ReadonlyMap<string, number>;
}

/** One metric: every variant described, every treatment compared with the control. */
export function metricResult(input: MetricInput): MetricResult {
  const { plan, definition, data } = input;
  const { metric } = plan;
  const arms = definition.variants.map((variant) => ({ variant, arm: armOf(plan, variant, data) }));
  const control = arms.find(({ variant }) => variant.isControl);
  const treatments = arms.filter(({ variant }) => !variant.isControl);
  return {
    name: metric.name,
    role: metric.role,
    isPrimary: metric.isPrimary,
    kind: kindOf(plan),
    lowerIsBetter: metric.lowerIsBetter,
    variants: arms.map(({ variant, arm }) => armResult(variant, arm)),
    comparisons: control === undefined ? [] : treatments.map((treatment) => compare(input, control, treatment)),
    cap: capOf(plan, data),
    dimension: null,
    refusal: control === undefined ? NO_CONTROL : null,
  };
}

const NO_CONTROL: Refusal = { code: 'NO_CONTROL', message: 'No variant is the control.' };

const armOf = (plan: MetricPlan, { id }: PlannedVariant, { totals, ranked }: ExperimentData): MetricArm =>
  metricArm(plan, totals.get(id), ranked.get(plan.metric.name)?.arms.get(id));

const armResult = ({ key, isControl }: PlannedVariant, { described }: MetricArm): ArmResult => ({
  variantKey: key,
  isControl,
  ...described,
});

interface VariantArm {
  readonly variant: PlannedVariant;
  readonly arm: MetricArm;
}

function compare(input: MetricInput, control: VariantArm, treatment: VariantArm): Comparison {
  const { plan, definition, strata, family, looks } = input;
  const { analysis } = definition;
  const { metric } = plan;
  const pair: ArmPair = { control: control.arm, treatment: treatment.arm };
  const pairs =
    strata === null
      ? null
      : [...strata.values()].map((data): ArmPair => ({
          control: armOf(plan, control.variant, data),
          treatment: armOf(plan, treatment.variant, data),
        }));
  const options = comparisonOptions(plan, definition);
  const { comparison, adjustment } = adjustedComparison(plan, pair, pairs, analysis.stratifyBy, options);
  const counts = [unitsOf(pair.control), unitsOf(pair.treatment)];
  const units = counts.reduce((sum, count) => sum + count, 0);
  const isGoal = metric.role === 'goal';
  const taken = looks === null ? null : looksOf(looks, metric.name, treatment.variant.id);
  const sequential = sequentialView({
    analysis,
    metric,
    comparison,
    units,
    smallest: Math.min(...counts),
    alpha: isGoal ? family.level(analysis.alpha) : analysis.alpha,
    alternative: options.alternative ?? 'two-sided',
    looks: taken,
  });
  const { bayesian } = comparison;
  return {
    variantKey: treatment.variant.key,
    against: control.variant.key,
    absolute: plainEffect(comparison.absolute),
    relative: relativeEffect(comparison.relative),
    test: comparison.test,
    statistic: comparison.statistic,
    degreesOfFreedom: comparison.degreesOfFreedom,
    pValue: comparison.pValue,
    adjustedPValue: comparison.pValue,
    significant: comparison.significant,
    ...sequential,
    bayesian: bayesian === null ? null : { ...bayesian, credibleInterval: [...bayesian.credibleInterval] },
    decidedBy: decidingView(analysis),
    decisive: null,
    adjustment,
    guard: guardView({ analysis, metric, pair, units, looks: taken, refusal: comparison.refusal }),
    power: powerView({
      analysis,
      metric,
      relative: comparison.relative,
      units,
      dailyUnits: dailyOf(input, [control, treatment]),
      goalMetrics: family.goalMetrics,
      tests: family.tests,
    }),
    refusal: comparison.refusal,
  };
}

/** What was randomised, where events are ranked as well. */
const unitsOf = ({ plain, described }: MetricArm): number =>
  plain.kind === 'quantile' && plain.clusters !== null ? plain.clusters.count : described.n;

function dailyOf({ dailyUnits }: MetricInput, arms: readonly VariantArm[]): number | null {
  const rates = arms.map(({ variant }) => dailyUnits.get(variant.id) ?? 0);
  const rate = rates.reduce((sum, each) => sum + each, 0);
  return rate > 0 ? rate : null;
}

function capOf({ metric }: MetricPlan, data: ExperimentData): MetricResult['cap'] {
  if (metric.capValue !== null) return { value: metric.capValue, percentile: null, units: null };
  if (metric.capPercentile === null) return null;
  const cap = data.ranked.get(metric.name)?.cap;
  return { value: cap?.value ?? null, percentile: metric.capPercentile, units: cap?.units ?? null };
}
