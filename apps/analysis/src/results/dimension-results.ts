import type { Comparison, ExperimentResults, HeterogeneityResult, MetricResult, SegmentResult } from '@assay/contracts';
import { adjustPValues, segmentHeterogeneity } from '@assay/stats';
import type { ExperimentData } from '../data/experiment-data.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { familySize } from './family-size.js';
import { metricResult } from './metric-result.js';

/** The data of an experiment, apart by the values of an attribute that was known before the exposure. */
export interface DimensionData {
  readonly name: string;
  readonly segments: ReadonlyMap<string, ExperimentData>;
}

type MetricDimension = NonNullable<MetricResult['dimension']>;

export interface DimensionResults {
  readonly dimension: NonNullable<ExperimentResults['dimension']>;
  /** By metric name. */
  readonly metrics: ReadonlyMap<string, MetricDimension>;
}

/** Every metric within every segment, and whether the segments differ by more than chance, corrected over all such tests. */
export function dimensionResults(plan: ExperimentPlan, { name, segments }: DimensionData): DimensionResults {
  const { variants } = plan.definition;
  const metrics = new Map<string, MetricDimension>();
  for (const metric of plan.metrics) metrics.set(metric.metric.name, metricDimension(plan, metric, segments));
  correctHeterogeneity([...metrics.values()].flatMap(({ heterogeneity }) => heterogeneity));
  const units = [...segments].map(([segment, { totals }]) => [
    segment,
    Object.fromEntries(variants.map(({ id, key }) => [key, totals.get(id)?.units ?? 0])),
  ]);
  return { dimension: { name, units: Object.fromEntries(units) as Record<string, Record<string, number>> }, metrics };
}

function metricDimension(
  { definition }: ExperimentPlan,
  plan: ExperimentPlan['metrics'][number],
  segments: ReadonlyMap<string, ExperimentData>,
): MetricDimension {
  const family = familySize(definition);
  // Strata and power are questions about the whole; a segment is shown as it is.
  const rest = { plan, definition, strata: null, family, looks: null, dailyUnits: new Map<string, number>() };
  const results = [...segments].map(([segment, data]) => ({ segment, result: metricResult({ ...rest, data }) }));
  const treatments = definition.variants.filter(({ isControl }) => !isControl).map(({ key }) => key);
  const tests = treatments.map((variantKey) => heterogeneity(variantKey, results, definition.analysis.alpha));
  const shown = results.map(({ segment, result }): SegmentResult => ({
    segment,
    variants: result.variants,
    comparisons: result.comparisons.map((comparison) => ({
      ...comparison,
      power: null,
      ...(tests.find(({ test }) => test.variantKey === comparison.variantKey)?.corrected.get(segment) ?? UNCORRECTED),
    })),
  }));
  return { segments: shown, heterogeneity: tests.map(({ test }) => test) };
}

const UNCORRECTED = { holmPValue: null, bhPValue: null };

interface Tested {
  readonly test: HeterogeneityResult;
  readonly corrected: ReadonlyMap<string, { holmPValue: number; bhPValue: number }>;
}

function heterogeneity(
  variantKey: string,
  results: readonly { readonly segment: string; readonly result: MetricResult }[],
  alpha: number,
): Tested {
  const effects = results.flatMap(({ segment, result }) => {
    const comparison = result.comparisons.find((each) => each.variantKey === variantKey);
    const absolute = comparison?.absolute;
    if (comparison === undefined || absolute?.estimate == null || absolute.standardError == null) return [];
    if (!(absolute.standardError > 0)) return [];
    const n = unitsOf(result, [comparison.variantKey, comparison.against]);
    const { estimate, standardError } = absolute;
    return [
      { segment, estimate, standardError, n, ...(comparison.pValue === null ? {} : { pValue: comparison.pValue }) },
    ];
  });
  const outcome = segmentHeterogeneity(effects, alpha);
  const nothing = { statistic: null, degreesOfFreedom: null, pValue: null, adjustedPValue: null, i2: null, tau2: null };
  if (!outcome.ok) return { test: { variantKey, ...nothing, refusal: outcome.refusal }, corrected: new Map() };
  const { heterogeneity: q, i2, tau2, segments } = outcome.value;
  const { statistic, degreesOfFreedom, pValue } = q;
  return {
    test: { variantKey, statistic, degreesOfFreedom, pValue, adjustedPValue: pValue, i2, tau2, refusal: null },
    corrected: new Map(segments.map(({ segment, holmPValue, bhPValue }) => [segment, { holmPValue, bhPValue }])),
  };
}

const unitsOf = ({ variants }: MetricResult, keys: readonly Comparison['variantKey'][]): number =>
  variants.reduce((sum, { variantKey, n }) => (keys.includes(variantKey) ? sum + n : sum), 0);

/** False discovery rate over all metrics and treatments of the dimension. */
function correctHeterogeneity(tests: readonly HeterogeneityResult[]): void {
  const made = tests.filter((test): test is HeterogeneityResult & { pValue: number } => test.pValue !== null);
  const adjusted = adjustPValues(
    made.map(({ pValue }) => pValue),
    'bh',
  );
  made.forEach((test, index) => (test.adjustedPValue = adjusted.ok ? (adjusted.value[index] ?? null) : null));
}
