import type { Experiment, MetricInput, VariantInput } from '@assay/contracts';
import { CliError } from '../terminal/cli-error.js';
import { eventNameOf, type PlannedMetric } from './import-plan.js';
import { COLUMN_AGGREGATIONS, isColumnAggregation, type ColumnAggregation } from './metric-spec.js';
import type { Survey } from './survey.js';
import { planVariants, variantKey, type PlannedVariant } from './variant-keys.js';

/** What is sent to `POST /experiments`; the rest has defaults. */
export interface ExperimentDraft {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly variants: readonly Pick<VariantInput, 'key' | 'name' | 'isControl' | 'trafficAllocation'>[];
  readonly metrics: readonly Pick<
    MetricInput,
    'name' | 'eventName' | 'metricType' | 'aggregationMethod' | 'isPrimary'
  >[];
}

const METRIC_TYPE = {
  exists: 'CONVERSION',
  count: 'COUNT',
  sum: 'CUSTOM',
  average: 'CUSTOM',
  min: 'CUSTOM',
  max: 'CUSTOM',
} as const satisfies Record<ColumnAggregation, string>;

/** The experiment that a file is about: a variant per value, equal shares, a metric per column, the first one primary. */
export function draftExperiment(key: string, source: string, surveyed: Survey, control: string): ExperimentDraft {
  const variants: PlannedVariant[] = planVariants(surveyed.variants, control);
  return {
    key,
    name: key,
    description: `Imported from ${source}`,
    variants,
    metrics: surveyed.metrics.map(({ column, aggregation }, index) => ({
      name: column,
      eventName: eventNameOf(key, column),
      metricType: METRIC_TYPE[aggregation],
      aggregationMethod: aggregation,
      isPrimary: index === 0,
    })),
  };
}

/** How the file fits an experiment that is there, be it made a moment ago or long before. */
export interface Fit {
  readonly variantKeys: ReadonlyMap<string, string>;
  readonly metrics: readonly PlannedMetric[];
}

/**
 * @throws CliError when a variant or metric of the file is not in the experiment, or means something else there.
 */
export function fitExperiment(experiment: Experiment, surveyed: Survey, control: string): Fit {
  if (experiment.status === 'ARCHIVED') {
    throw new CliError(
      `The experiment '${experiment.key}' is archived and takes no more exposures. Import under another key.`,
    );
  }
  const known = new Set(experiment.variants.map(({ key }) => key));
  const variantKeys = new Map([...surveyed.variants].map((value) => [value, variantKey(value)]));
  const unknown = [...variantKeys].find(([, key]) => !known.has(key));
  if (unknown !== undefined) {
    throw new CliError(
      `The experiment '${experiment.key}' has no variant '${unknown[1]}'; it has ${[...known].join(', ')}. Import under another key, or amend it.`,
    );
  }
  const actual = experiment.variants.find(({ isControl }) => isControl)?.key;
  if (actual !== variantKey(control)) {
    throw new CliError(`The control of the experiment '${experiment.key}' is '${actual}', not '${control}'.`);
  }
  return { variantKeys, metrics: surveyed.metrics.map((metric) => fitMetric(experiment, metric)) };
}

function fitMetric(experiment: Experiment, { column, index, aggregation }: Survey['metrics'][number]): PlannedMetric {
  const found = experiment.metrics.find(({ name }) => name === column);
  if (found === undefined) {
    throw new CliError(
      `The experiment '${experiment.key}' has no metric '${column}'. Import under another key, or amend it.`,
    );
  }
  const { aggregationMethod } = found;
  if (aggregationMethod !== aggregation) {
    // Not all that a metric can be is told by one cell of a unit.
    const advice = isColumnAggregation(aggregationMethod)
      ? `Say --metric ${column}:${aggregationMethod}, or import`
      : `A column cannot be of that type (it can be ${COLUMN_AGGREGATIONS.join(', ')}): import`;
    throw new CliError(
      `The metric '${column}' of '${experiment.key}' is '${aggregationMethod}', not '${aggregation}'. ${advice} under another key.`,
    );
  }
  return { column, index, aggregation, eventName: found.eventName };
}
