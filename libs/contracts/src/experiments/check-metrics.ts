import type { FieldError } from '../errors/app-error.js';
import { repeated } from './check-variants.js';
import type { ExperimentDocument } from './experiment.js';
import { jsonPathProblem } from './json-path.js';
import { DEFAULT_AGGREGATION, type MetricInput } from './metric.js';

/** The complaints about the metrics, one by one and as a set. */
export function checkMetrics({ metrics }: Pick<ExperimentDocument, 'metrics'>): FieldError[] {
  const errors = metrics.flatMap((metric, index) =>
    [...checkMetric(metric), ...checkCaps(metric), ...checkFunnel(metric), ...checkCovariates(metric, metrics)].map(
      ({ path, message }) => ({ path: `metrics[${index}].${path}`, message }),
    ),
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

/** What a metric aggregates by; undefined for a CUSTOM metric that does not say. */
const aggregationOf = ({ aggregationMethod, metricType }: MetricInput) =>
  aggregationMethod ?? DEFAULT_AGGREGATION[metricType] ?? undefined;

function checkCaps(metric: MetricInput): FieldError[] {
  const path = metric.capPercentile !== null ? 'capPercentile' : 'capValue';
  if (metric.capPercentile === null && metric.capValue === null) return [];
  if (metric.capPercentile !== null && metric.capValue !== null) {
    return [{ path: 'capValue', message: 'cannot stand beside capPercentile: cap at one of them' }];
  }
  const aggregation = aggregationOf(metric);
  if (aggregation === 'exists' || aggregation === 'funnel' || aggregation === 'quantile') {
    return [{ path, message: `makes no sense for the aggregation ${aggregation}` }];
  }
  return [];
}

function checkFunnel(metric: MetricInput): FieldError[] {
  if (aggregationOf(metric) !== 'funnel') {
    return metric.steps.length === 0 ? [] : [{ path: 'steps', message: 'are only for the aggregation funnel' }];
  }
  if (metric.steps.length < 2) return [{ path: 'steps', message: 'must name at least two events, in their order' }];
  if (metric.steps.at(-1) === metric.eventName) return [];
  return [{ path: 'steps', message: `must end with the metric's eventName, '${metric.eventName}'` }];
}

/** Aggregations that have one number per unit before the exposure. */
const isCovariate = (metric: MetricInput): boolean =>
  !['ratio', 'quantile', 'funnel', 'distinct'].includes(aggregationOf(metric) ?? 'quantile');

function checkCovariates(metric: MetricInput, metrics: readonly MetricInput[]): FieldError[] {
  const twice = repeated(metric.covariates).map((index) => ({
    path: `covariates[${index}]`,
    message: `'${metric.covariates[index]}' is named twice`,
  }));
  if (metric.covariates.length > 0 && ['ratio', 'quantile'].includes(aggregationOf(metric) ?? '')) {
    return [{ path: 'covariates', message: `are not for the aggregation ${aggregationOf(metric)}` }];
  }
  const wrong = metric.covariates.flatMap((name, index) => {
    const path = `covariates[${index}]`;
    if (name === metric.name) return [{ path, message: 'is the metric itself, which is taken in anyway' }];
    const other = metrics.find((each) => each.name === name);
    if (other === undefined) return [{ path, message: `'${name}' is not the name of a metric of this experiment` }];
    if (isCovariate(other)) return [];
    return [{ path, message: `'${name}' has no single value before the exposure (${aggregationOf(other)})` }];
  });
  return [...twice, ...wrong];
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
  if (aggregation !== 'quantile' && metric.quantileBy !== null)
    complain('quantileBy', 'is only for the aggregation quantile');
  if (metric.ignoreZeros && aggregation !== 'quantile' && metric.capPercentile === null)
    complain('ignoreZeros', 'is only for a quantile or a capPercentile');
  if (metric.isPrimary && metric.role !== 'goal')
    complain('isPrimary', `the primary metric is a goal, but its role is ${metric.role}`);
  const problem = metric.eventValuePath === null ? undefined : jsonPathProblem(metric.eventValuePath);
  if (problem !== undefined) complain('eventValuePath', problem);
  return errors;
}
