import type { ExperimentDefinition } from '@assay/contracts';
import type { Alternative, ComparisonOptions } from '@assay/stats';
import type { MetricPlan } from '../plan/metric-plan.js';

/** How the arms of a metric are compared, by the plan. */
export function comparisonOptions({ metric }: MetricPlan, { analysis }: ExperimentDefinition): ComparisonOptions {
  const { alpha, alternative, prior } = analysis;
  return {
    alpha,
    alternative: alternativeOf(alternative, metric.lowerIsBetter),
    lowerIsBetter: metric.lowerIsBetter,
    prior: prior === null ? null : { mean: prior.mean, variance: prior.standardDeviation ** 2 },
  };
}

/** One-sided plans test for an improvement. */
function alternativeOf(sides: 'two-sided' | 'one-sided', lowerIsBetter: boolean): Alternative {
  if (sides === 'two-sided') return 'two-sided';
  return lowerIsBetter ? 'less' : 'greater';
}
