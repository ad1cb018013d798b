import type { ExperimentResults, MetricResult } from '@assay/contracts';
import type { ExperimentData } from '../data/experiment-data.js';
import type { Split } from '../data/split.js';
import type { LookTaken } from '../looks/look-taken.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { verdictOf } from '../verdict/verdict.js';
import { correctMetrics } from './correct-metrics.js';
import { dimensionResults, type DimensionData } from './dimension-results.js';
import { exposureRate, recentUnits } from './exposure-rate.js';
import { familySize } from './family-size.js';
import { metricResult } from './metric-result.js';
import { splitPeriods, splitSrm } from './split-srm.js';

export interface ResultsInput {
  readonly plan: ExperimentPlan;
  readonly data: ExperimentData;
  readonly split: Split;
  /** By the values of the attribute that the plan stratifies by; null when it does not. */
  readonly strata: ReadonlyMap<string, ExperimentData> | null;
  /** What a group-sequential plan has looked at; null for a part of the data. */
  readonly looks: readonly LookTaken[] | null;
  /** The data by an attribute that was asked for. */
  readonly dimension: DimensionData | null;
  readonly computedAt: Date;
  /** The moment that is asked about, or the end of the experiment if that came before: until then it has run. */
  readonly ratedAt: Date;
  /** Show this metric only; all count for the correction and the verdict. */
  readonly metric: string | undefined;
}

/** What the metrics alone are computed from. */
export type MetricsInput = Pick<ResultsInput, 'plan' | 'data' | 'strata' | 'looks'>;

/** The results document from nothing but the data and the plan: the same input gives the same numbers. */
export function experimentResults(input: ResultsInput): ExperimentResults {
  const { plan, data, split, dimension, computedAt, ratedAt, metric } = input;
  const { definition } = plan;
  const { variants, analysis, status } = definition;
  const rate = exposureRate(data.flow, ratedAt);
  const metrics = metricResults(input);
  const units = variants.map(({ id }) => data.totals.get(id)?.units ?? 0);
  const srm = splitSrm(splitPeriods(plan, split, units));
  const multipleExposures = sum([...data.totals.values()].map(({ conflicted }) => conflicted));
  const parted = dimension === null ? null : dimensionResults(plan, dimension);
  const shown = metrics.map((each) => ({ ...each, dimension: parted?.metrics.get(each.name) ?? null }));
  return {
    experimentId: definition.id,
    experimentKey: definition.key,
    status,
    alpha: analysis.alpha,
    computedAt: computedAt.toISOString(),
    dataThrough: data.through?.toISOString() ?? null,
    units: Object.fromEntries(variants.map(({ key }, index) => [key, units[index] ?? 0])),
    multipleExposures,
    srm,
    metrics: metric === undefined ? shown : shown.filter(({ name }) => name === metric),
    dimension: parted?.dimension ?? null,
    verdict: verdictOf({
      status,
      analysis,
      plannedMetrics: definition.metrics,
      arms: variants.map(({ id, key, isControl, trafficAllocation }, index) => ({
        key,
        isControl,
        trafficAllocation,
        units: units[index] ?? 0,
        dailyUnits: rate.daily.get(id) ?? 0,
      })),
      multipleExposures,
      srm,
      metrics,
      days: rate.days,
    }),
  };
}

/** All metrics, corrected over their family. */
export function metricResults({ plan, data, strata, looks }: MetricsInput): MetricResult[] {
  const { definition } = plan;
  const family = familySize(definition);
  const dailyUnits = recentUnits(data.flow);
  const computed = plan.metrics.map((each) =>
    metricResult({ plan: each, definition, data, strata, looks, family, dailyUnits }),
  );
  return correctMetrics(computed, definition.analysis);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
