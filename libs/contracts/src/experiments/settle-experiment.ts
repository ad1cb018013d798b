import type { ExperimentDocument, VariantInput } from './experiment.js';
import { DEFAULT_AGGREGATION, type Metric, type MetricInput } from './metric.js';

/** A metric whose open choices are made. */
export type SettledMetric = Omit<Metric, 'id'>;

/** An experiment whose open choices are made: the form in which it is stored, compared and answered. */
export type SettledExperiment = Omit<ExperimentDocument, 'metrics'> & { metrics: SettledMetric[] };

/**
 * Fills in what the author left open: aggregations by metric type, the first goal as primary metric if none is, names of
 * variants, times in UTC. Doing it twice changes nothing. For experiments that `checkExperiment` has passed.
 */
export function settleExperiment(experiment: ExperimentDocument): SettledExperiment {
  return {
    ...experiment,
    startDate: inUtc(experiment.startDate),
    endDate: inUtc(experiment.endDate),
    variants: experiment.variants.map(settleVariant),
    metrics: settleMetrics(experiment.metrics),
  };
}

const inUtc = (time: string | null): string | null => (time === null ? null : new Date(time).toISOString());

const settleVariant = (variant: VariantInput): VariantInput => ({
  ...variant,
  name: variant.name === '' ? variant.key : variant.name,
});

function settleMetrics(metrics: readonly MetricInput[]): SettledMetric[] {
  const hasPrimary = metrics.some(({ isPrimary }) => isPrimary);
  const firstGoal = metrics.findIndex(({ role }) => role === 'goal');
  return metrics.map((metric, index) => ({
    ...metric,
    // A CUSTOM metric without an aggregation never gets here; `exists` needs nothing else to be right.
    aggregationMethod: metric.aggregationMethod ?? DEFAULT_AGGREGATION[metric.metricType] ?? 'exists',
    quantileBy: metric.aggregationMethod === 'quantile' ? (metric.quantileBy ?? 'event') : metric.quantileBy,
    isPrimary: hasPrimary ? metric.isPrimary : index === firstGoal,
  }));
}
