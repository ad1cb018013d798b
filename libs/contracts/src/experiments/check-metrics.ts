import type { FieldError } from '../errors/app-error.js';
import { repeated } from './check-variants.js';
import type { ExperimentDocument } from './experiment.js';
import { jsonPathProblem } from './json-path.js';
import { DEFAULT_AGGREGATION, type MetricInput } from './metric.js';

/** The complaints about the metrics, one by one and as a set. */
export function checkMetrics({ metrics }: Pick<ExperimentDocument, 'metrics'>): FieldError[] {
  const errors = metrics.flatMap((metric, index) =>
    checkMetric(metric).map(({ path, message }) => ({ path: `metrics[${index}].${path}`, message })),
  );
  for (const index of repeated(metrics.map(({ name }) => name))) {
    errors.push({
      path: `metrics[${index}].name`,
      message: `'${metrics[index]?.name}' is already the name of another metric`,
    });
  }
  const primaries = metrics.flatMap(({ isPrimary }, index) => (isPrimary ? [index] : []));
  for (const index of primaries.slice(1)) {
    const first = metrics[primaries[0] ?? 0]?.name;
    errors.push({
      path: `metrics[${index}].isPrimary`,
      message: `there is one primary metric, and it is '${first}' already`,
    });
  }
  return errors;
}

function checkMetric(metric: MetricInput): FieldError[] {
  const errors: FieldError[] = [];
  const complain = (path: string, message: string): number => errors.push({ path, message });
  const aggregation = metric.aggregationMethod ?? DEFAULT_AGGREGATION[metric.metricType];
  if (aggregation === null) complain('aggregationMethod', 'must be named for a CUSTOM metric, for example sum');
  if (aggregation === 'ratio' && metric.denominatorEventName === null) {
    complain('denominatorEventName', 'must name the event that a ratio is divided by');
  }
  if (aggregation !== 'ratio' && metric.denominatorEventName !== null) {
    complain('denominatorEventName', 'is only for the aggregation ratio');
  }
  if (aggregation === 'quantile' && metric.quantile === null)
    complain('quantile', 'must say which quantile, such as 0.9');
  if (aggregation !== 'quantile' && metric.quantile !== null)
    complain('quantile', 'is only for the aggregation quantile');
  if (metric.isPrimary && metric.role !== 'goal')
    complain('isPrimary', `the primary metric is a goal, but its role is ${metric.role}`);
  const problem = metric.eventValuePath === null ? undefined : jsonPathProblem(metric.eventValuePath);
  if (problem !== undefined) complain('eventValuePath', problem);
  return errors;
}
