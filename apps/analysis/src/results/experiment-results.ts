import type { ExperimentResults } from '@assay/contracts';
import { srmTest } from '@assay/stats';
import type { ExperimentData } from '../data/experiment-data.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { verdictOf } from '../verdict/verdict.js';
import { correctMetrics } from './correct-metrics.js';
import { dimensionResults, type DimensionData } from './dimension-results.js';
import { exposureRate } from './exposure-rate.js';
import { familySize } from './family-size.js';
import { metricResult } from './metric-result.js';

export interface ResultsInput {
  readonly plan: ExperimentPlan;
  readonly data: ExperimentData;
  /** By the values of the attribute that the plan stratifies by; null when it does not. */
  readonly strata: ReadonlyMap<string, ExperimentData> | null;
  /** The same by an attribute that was asked for. */
  readonly dimension: DimensionData | null;
  readonly computedAt: Date;
  /** Show this metric only; all count for the correction and the verdict. */
  readonly metric: string | undefined;
}

/** The results document from nothing but the data and the plan: the same input gives the same numbers. */
export function experimentResults(input: ResultsInput): ExperimentResults {
  const { plan, data, strata, dimension, computedAt, metric } = input;
  const { definition } = plan;
  const { variants, analysis, status } = definition;
  const family = familySize(definition);
  const rate = exposureRate(data.flow, computedAt);
  const dailyUnits = rate.daily;
  const computed = plan.metrics.map((each) =>
    metricResult({ plan: each, definition, data, strata, family, dailyUnits }),
  );
  const metrics = correctMetrics(computed, analysis);
  const units = variants.map(({ id }) => data.totals.get(id)?.units ?? 0);
  const weights = variants.map(({ trafficAllocation }) => trafficAllocation);
  const srm = srmOf(units, weights);
  const multipleExposures = sum([...data.totals.values()].map(({ conflicted }) => conflicted));
  const split = dimension === null ? null : dimensionResults(plan, dimension);
  const shown = metrics.map((each) => ({ ...each, dimension: split?.metrics.get(each.name) ?? null }));
  return {
    experimentId: definition.id,
    experimentKey: definition.key,
    status,
    computedAt: computedAt.toISOString(),
    dataThrough: data.through?.toISOString() ?? null,
    units: Object.fromEntries(variants.map(({ key }, index) => [key, units[index] ?? 0])),
    multipleExposures,
    srm,
    metrics: metric === undefined ? shown : shown.filter(({ name }) => name === metric),
    dimension: split?.dimension ?? null,
    verdict: verdictOf({
      status,
      analysis,
      plannedMetrics: definition.metrics,
      units,
      multipleExposures,
      srm,
      metrics,
      days: rate.days,
      dailyUnits: sum([...dailyUnits.values()]),
    }),
  };
}

export function srmOf(units: readonly number[], weights: readonly number[]): ExperimentResults['srm'] {
  const result = srmTest(units, weights);
  if (!result.ok) return { statistic: null, degreesOfFreedom: 0, pValue: null, verdict: 'insufficient' };
  const { statistic, degreesOfFreedom, pValue, verdict } = result.value;
  return { statistic, degreesOfFreedom, pValue, verdict };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
