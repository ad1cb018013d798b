import type { ArmResult, ExperimentDefinition, MetricResult } from '@assay/contracts';
import {
  armEstimate,
  covariateSummary,
  emptyMoments,
  meanSummary,
  proportionSummary,
  quantileEstimate,
  ratioCovariateSummary,
  ratioSummary,
  selectMoments,
  type ArmEstimate,
  type CovariateSummary,
  type MeanSummary,
  type Moments,
  type ProportionSummary,
  type QuantileSummary,
  type RatioCovariateSummary,
  type RatioSummary,
} from '@assay/stats';
import type { ArmTotals } from '../data/arm-totals.js';
import type { RankedArm } from '../data/ranked-units.js';
import { toStatsMoments } from '../data/to-stats-moments.js';
import type { MetricPlan } from '../plan/metric-plan.js';
import { readMoments } from '../units/moments.js';

export type MetricKind = MetricResult['kind'];
export type PlannedVariant = ExperimentDefinition['variants'][number];

/** One arm of a metric, in every form that the methods ask for. */
export interface MetricArm {
  readonly plain: ProportionSummary | MeanSummary | RatioSummary | QuantileSummary;
  /** With what was known before the exposure, when the plan adjusts for it. */
  readonly adjusted: CovariateSummary | RatioCovariateSummary | null;
  /** Of the plain summary; null when it cannot be estimated. */
  readonly estimate: ArmEstimate | null;
  readonly described: Omit<ArmResult, 'variantKey' | 'isControl'>;
}

export function kindOf({ metric }: MetricPlan): MetricKind {
  if (metric.aggregationMethod === 'exists' || metric.aggregationMethod === 'funnel') return 'proportion';
  if (metric.aggregationMethod === 'ratio' || metric.aggregationMethod === 'quantile') return metric.aggregationMethod;
  return 'mean';
}

/** An arm from its sums, or from its ranked units where sums do not tell. */
export function metricArm(plan: MetricPlan, totals: ArmTotals | undefined, ranked: RankedArm | undefined): MetricArm {
  if (plan.metric.quantile !== null) return quantileArm(ranked?.quantile ?? emptyQuantile(plan.metric.quantile));
  if (ranked !== undefined && ranked.moments !== null) return armOfMoments(plan, ranked.moments);
  if (plan.isRanked) return armOfMoments(plan, emptyMoments(plan.dimensions));
  return armOfMoments(plan, toStatsMoments(readMoments(totals?.moments ?? [], plan.momentOffset, plan.dimensions)));
}

const emptyQuantile = (nu: number): QuantileSummary => ({
  kind: 'quantile',
  n: 0,
  nStar: 0,
  nu,
  quantile: NaN,
  lower: NaN,
  upper: NaN,
  clusters: null,
});

function quantileArm(summary: QuantileSummary): MetricArm {
  const estimate = quantileEstimate(summary);
  return {
    plain: summary,
    adjusted: null,
    estimate: estimate.ok ? estimate.value : null,
    described: {
      n: summary.n,
      sum: null,
      mean: summary.n === 0 ? null : summary.quantile,
      standardDeviation: null,
    },
  };
}

export function armOfMoments(plan: MetricPlan, moments: Moments): MetricArm {
  const kind = kindOf(plan);
  const { n } = moments;
  const total = (index: number): number => (moments.means[index] ?? 0) * n;
  const plain = plainSummary(kind, moments);
  const estimate = armEstimate(plain);
  const isDefined = n > 0 && Number.isFinite(estimate.mean);
  const deviation = kind === 'ratio' || (kind === 'mean' && n < 2) ? null : Math.sqrt(estimate.variance);
  return {
    plain,
    adjusted: plan.covariates.length === 0 ? null : adjustedSummary(plan, kind, moments),
    estimate: isDefined ? estimate : null,
    described: {
      n,
      sum: kind === 'proportion' ? Math.round(total(0)) : total(0),
      mean: isDefined ? estimate.mean : null,
      standardDeviation: n === 0 ? null : deviation,
      ...(plan.metric.steps.length === 0 ? {} : { steps: stepCounts(plan, total) }),
    },
  };
}

function plainSummary(kind: MetricKind, moments: Moments): ProportionSummary | MeanSummary | RatioSummary {
  if (kind === 'proportion') return proportionSummary(moments.n, Math.round((moments.means[0] ?? 0) * moments.n));
  return kind === 'ratio' ? ratioSummary(selectMoments(moments, [0, 1])) : meanSummary(selectMoments(moments, [0]));
}

function adjustedSummary(
  plan: MetricPlan,
  kind: MetricKind,
  moments: Moments,
): CovariateSummary | RatioCovariateSummary {
  if (kind === 'ratio') return ratioCovariateSummary(moments);
  const covariates = plan.covariates.map((_, index) => plan.rule.dimensions + index);
  const isBinary = plan.covariates.length === 1 && plan.earlier?.rule.isBinary === true;
  return covariateSummary(selectMoments(moments, [0, ...covariates]), {
    outcomeKind: kind === 'proportion' ? 'proportion' : 'mean',
    covariateKind: isBinary ? 'proportion' : 'mean',
  });
}

/** Units that came as far as each step; the last one is the metric itself. */
const stepCounts = ({ rule }: MetricPlan, total: (index: number) => number): number[] => [
  ...Array.from({ length: rule.dimensions - 1 }, (_, index) => Math.round(total(index + 1))),
  Math.round(total(0)),
];
