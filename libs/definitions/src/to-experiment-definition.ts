import { AnalysisPlan, type ExperimentDefinition, type Metric as MetricShape } from '@assay/contracts';
import type { Experiment, Metric, Variant } from '@assay/models';

/** An experiment row with its variants and metrics loaded, as the definition that other services work with. */
export function toExperimentDefinition(experiment: Experiment): ExperimentDefinition {
  return {
    id: experiment.id,
    projectId: experiment.project.id,
    environmentId: experiment.environment.id,
    key: experiment.key,
    version: experiment.version,
    status: experiment.status,
    experimentType: experiment.experimentType,
    unit: experiment.unit,
    salt: experiment.salt,
    coverage: experiment.coverage,
    layer: experiment.layer,
    admission: experiment.admission as ExperimentDefinition['admission'],
    targetingRules: experiment.targetingRules as ExperimentDefinition['targetingRules'],
    variants: experiment.variants.getItems().map(toVariant),
    metrics: experiment.metricDefinitions.getItems().map(toMetric),
    analysis: AnalysisPlan.parse(experiment.analysis),
    startedAt: experiment.startedAt?.toISOString() ?? null,
    endDate: experiment.endDate?.toISOString() ?? null,
    changedAt: experiment.updatedAt.getTime(),
  };
}

function toVariant(variant: Variant): ExperimentDefinition['variants'][number] {
  return {
    id: variant.id,
    key: variant.key,
    isControl: variant.isControl,
    trafficAllocation: variant.trafficAllocation,
    configuration: variant.configuration as ExperimentDefinition['variants'][number]['configuration'],
  };
}

function toMetric(metric: Metric): MetricShape {
  return {
    id: metric.id,
    name: metric.name,
    description: metric.description,
    eventName: metric.eventName,
    metricType: metric.metricType,
    isPrimary: metric.isPrimary,
    role: metric.role,
    aggregationMethod: metric.aggregationMethod,
    minimumSampleSize: metric.minimumSampleSize ?? 0,
    expectedEffect: metric.expectedEffect,
    eventValuePath: metric.eventValuePath,
    lowerIsBetter: metric.lowerIsBetter,
    denominatorEventName: metric.denominatorEventName,
    quantile: metric.quantile,
    quantileBy: metric.quantileBy as MetricShape['quantileBy'],
    windowHours: metric.windowHours,
    delayHours: metric.delayHours,
    capPercentile: metric.capPercentile,
    capValue: metric.capValue,
    ignoreZeros: metric.ignoreZeros,
    cupedLookbackDays: metric.cupedLookbackDays,
    covariates: metric.covariates,
    steps: metric.steps,
    nonInferiorityMargin: metric.nonInferiorityMargin,
  };
}
