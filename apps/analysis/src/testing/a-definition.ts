import { AnalysisPlan, MetricInput, type ExperimentDefinition, type Metric } from '@assay/contracts';

type MetricFields = Partial<Metric> & Pick<Metric, 'name'>;

/** A running experiment with the variants `control` and `treatment`, half and half. */
export function aDefinition(
  fields: Partial<Omit<ExperimentDefinition, 'metrics'>> & { metrics: readonly MetricFields[] },
): ExperimentDefinition {
  const { metrics, ...rest } = fields;
  return {
    id: '0190b6a2-0000-7000-8000-000000000001',
    projectId: '0190b6a2-0000-7000-8000-000000000002',
    environmentId: '0190b6a2-0000-7000-8000-000000000003',
    key: 'an-experiment',
    version: 1,
    status: 'ACTIVE',
    experimentType: 'A_B',
    unit: ['userId'],
    salt: 'an-experiment',
    coverage: 100,
    layer: null,
    targetingRules: null,
    variants: ['control', 'treatment'].map((key, index) => ({
      id: `0190b6a2-0000-7000-8000-00000000001${index}`,
      key,
      isControl: index === 0,
      trafficAllocation: 50,
      configuration: {},
    })),
    analysis: AnalysisPlan.parse({}),
    startedAt: null,
    endDate: null,
    ...rest,
    metrics: metrics.map(aMetric),
  };
}

function aMetric(fields: MetricFields, index: number): Metric {
  const filled = MetricInput.parse({ metricType: 'CUSTOM', eventName: fields.name, isPrimary: index === 0, ...fields });
  return {
    ...filled,
    id: `0190b6a2-0000-7000-8000-00000000002${index}`,
    aggregationMethod: fields.aggregationMethod ?? 'exists',
  };
}
