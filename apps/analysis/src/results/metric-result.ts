import type { ArmResult, Comparison, ExperimentDefinition, MetricResult } from '@assay/contracts';
import {
  compareArms,
  meanSummary,
  proportionSummary,
  ratioSummary,
  toNumber,
  type ComparableSummary,
  type ComparisonOptions,
} from '@assay/stats';
import { isComputed } from '../plan/cell-rules.js';
import type { MetricPlan } from '../plan/metric-plan.js';
import { readMoments, type MetricMoments } from '../units/moments.js';
import type { ArmTotals } from './arm-totals.js';
import { toStatsMoments } from './to-stats-moments.js';

/** Units of both arms planned for, which tunes the confidence sequence, when the metric names no minimum sample. */
const DEFAULT_PLANNED_UNITS = 5_000;

/** One metric: every variant described, every treatment compared with the control. */
export function metricResult(
  plan: MetricPlan,
  definition: ExperimentDefinition,
  totals: ReadonlyMap<string, ArmTotals>,
): MetricResult {
  const { metric } = plan;
  const kind = kindOf(plan);
  const arms = definition.variants.map((variant) => {
    const moments = totals.get(variant.id)?.moments ?? new Float64Array(0);
    return { variant, sums: readMoments(moments, plan.momentOffset, plan.rule.dimensions) };
  });
  const described = {
    name: metric.name,
    role: metric.role,
    isPrimary: metric.isPrimary,
    kind,
    lowerIsBetter: metric.lowerIsBetter,
  };
  if (!isComputed(metric.aggregationMethod)) {
    const message = `The aggregation '${metric.aggregationMethod}' is not computed by this version.`;
    return { ...described, variants: [], comparisons: [], refusal: { code: 'AGGREGATION_NOT_COMPUTED', message } };
  }
  const control = arms.find(({ variant }) => variant.isControl);
  const options = comparisonOptions(plan, definition);
  const comparisons = arms
    .filter(({ variant }) => !variant.isControl)
    .flatMap(({ variant, sums }): Comparison[] => {
      if (control === undefined) return [];
      const compared = compareArms({
        ...options,
        control: summaryOf(kind, control.sums),
        treatment: summaryOf(kind, sums),
      });
      return [{ variantKey: variant.key, against: control.variant.key, ...compared } as Comparison];
    });
  return {
    ...described,
    variants: arms.map(({ variant, sums }) => armResult(kind, variant, sums)),
    comparisons,
    refusal: control === undefined ? { code: 'NO_CONTROL', message: 'No variant is the control.' } : null,
  };
}

function kindOf({ metric }: MetricPlan): MetricResult['kind'] {
  if (metric.aggregationMethod === 'exists') return 'proportion';
  if (metric.aggregationMethod === 'ratio' || metric.aggregationMethod === 'quantile') return metric.aggregationMethod;
  return 'mean';
}

function summaryOf(kind: MetricResult['kind'], sums: MetricMoments): ComparableSummary {
  if (kind === 'proportion') return proportionSummary(sums.n, sumOf(sums, 0));
  const moments = toStatsMoments(sums);
  return kind === 'ratio' ? ratioSummary(moments) : meanSummary(moments);
}

function comparisonOptions({ metric }: MetricPlan, { analysis }: ExperimentDefinition): ComparisonOptions {
  const tuningParameter = metric.minimumSampleSize > 0 ? metric.minimumSampleSize : DEFAULT_PLANNED_UNITS;
  return {
    alpha: analysis.alpha,
    lowerIsBetter: metric.lowerIsBetter,
    sequential: analysis.sequential === 'asymptotic-cs' ? { method: 'asymptotic-cs', tuningParameter } : null,
  };
}

function armResult(
  kind: MetricResult['kind'],
  variant: ExperimentDefinition['variants'][number],
  sums: MetricMoments,
): ArmResult {
  const described = { variantKey: variant.key, isControl: variant.isControl, n: sums.n, sum: sumOf(sums, 0) };
  if (sums.n === 0) return { ...described, mean: null, standardDeviation: null };
  if (kind === 'proportion') {
    const rate = described.sum / sums.n;
    return { ...described, mean: rate, standardDeviation: Math.sqrt(rate * (1 - rate)) };
  }
  if (kind === 'ratio') {
    const denominator = sumOf(sums, 1);
    return { ...described, mean: denominator === 0 ? null : described.sum / denominator, standardDeviation: null };
  }
  const { products } = toStatsMoments(sums);
  const standardDeviation = sums.n < 2 ? null : Math.sqrt((products[0] ?? 0) / (sums.n - 1));
  return { ...described, mean: described.sum / sums.n, standardDeviation };
}

function sumOf({ sums }: MetricMoments, index: number): number {
  const sum = sums[index];
  return sum === undefined ? 0 : toNumber(sum);
}
