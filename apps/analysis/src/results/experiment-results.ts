import type { ExperimentResults, MetricResult } from '@assay/contracts';
import { srmTest } from '@assay/stats';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import type { ArmTotals } from './arm-totals.js';
import { correctMetrics } from './correct-metrics.js';
import { metricResult } from './metric-result.js';
import { verdictOf } from './verdict.js';

export interface ResultsInput {
  readonly plan: ExperimentPlan;
  /** By variant id. */
  readonly totals: ReadonlyMap<string, ArmTotals>;
  readonly computedAt: Date;
  readonly dataThrough: Date | null;
  /** Show this metric only; all count for the correction and the verdict. */
  readonly metric: string | undefined;
}

/** The results document from nothing but the arms' sums and the plan: the same input gives the same numbers. */
export function experimentResults({ plan, totals, computedAt, dataThrough, metric }: ResultsInput): ExperimentResults {
  const { definition } = plan;
  const metrics = correctMetrics(
    plan.metrics.map((metricPlan) => metricResult(metricPlan, definition, totals)),
    definition.analysis,
  );
  const units = definition.variants.map(({ id }) => totals.get(id)?.units ?? 0);
  const srm = srmOf(
    units,
    definition.variants.map(({ trafficAllocation }) => trafficAllocation),
  );
  const multipleExposures = sum([...totals.values()].map(({ conflicted }) => conflicted));
  return {
    experimentId: definition.id,
    experimentKey: definition.key,
    status: definition.status,
    computedAt: computedAt.toISOString(),
    dataThrough: dataThrough?.toISOString() ?? null,
    units: Object.fromEntries(definition.variants.map(({ key }, index) => [key, units[index] ?? 0])),
    multipleExposures,
    srm,
    metrics: metric === undefined ? metrics : metrics.filter(({ name }: MetricResult) => name === metric),
    verdict: verdictOf({
      status: definition.status,
      alpha: definition.analysis.alpha,
      units: sum(units),
      multipleExposures,
      srm,
      metrics,
    }),
  };
}

function srmOf(units: readonly number[], weights: readonly number[]): ExperimentResults['srm'] {
  const result = srmTest(units, weights);
  if (!result.ok) return { statistic: null, degreesOfFreedom: 0, pValue: null, verdict: 'insufficient' };
  const { statistic, degreesOfFreedom, pValue, verdict } = result.value;
  return { statistic, degreesOfFreedom, pValue, verdict };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
