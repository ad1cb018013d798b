import type { ExperimentDefinition, SeriesPoint, TimeSeries } from '@assay/contracts';
import { advanceRunningView, NO_LOOKS, type RunningView } from '@assay/stats';
import type { MetricPlan } from '../plan/metric-plan.js';
import { adjustedComparison, plainEffect } from '../results/adjusted-comparison.js';
import { metricArm, type MetricArm, type PlannedVariant } from '../results/metric-arm.js';
import { comparisonOptions } from '../results/comparison-options.js';
import { familySize } from '../results/family-size.js';
import { sequentialView } from '../results/sequential-view.js';
import { dayName } from './day-name.js';
import type { SeriesDay } from './day-series.js';

export type BandMethod = TimeSeries['band']['method'];

/** The plan's own method where it has a band for every look, else a confidence sequence. */
export const bandMethod = ({ analysis }: ExperimentDefinition): BandMethod =>
  analysis.sequential === 'msprt' ? 'msprt' : 'asymptotic-cs';

type SeriesComparison = SeriesPoint['comparisons'][number];

/** The level of one comparison of the metric: of a goal, what the correction over the family leaves of the plan's. */
export function bandLevel(definition: ExperimentDefinition, { metric }: MetricPlan): number {
  const { alpha } = definition.analysis;
  return metric.role === 'goal' ? familySize(definition).level(alpha) : alpha;
}

/** A metric day by day: the effect of the day's units, and of all so far with a band that holds at all days at once. */
export function seriesPoints(
  definition: ExperimentDefinition,
  metric: MetricPlan,
  days: readonly SeriesDay[],
): SeriesPoint[] {
  const control = definition.variants.find(({ isControl }) => isControl);
  const treatments = definition.variants.filter(({ isControl }) => !isControl);
  const running = new Map<string, RunningView>();
  return days.map((day) => ({
    day: dayName(day.day),
    variants: definition.variants.map((variant) => {
      const [today, all] = [armAt(metric, day.today, variant), armAt(metric, day.soFar, variant)];
      return {
        variantKey: variant.key,
        n: today.described.n,
        mean: today.described.mean,
        cumulativeN: all.described.n,
        cumulativeMean: all.described.mean,
      };
    }),
    comparisons:
      control === undefined
        ? []
        : treatments.map((treatment) => comparisonAt({ definition, metric, control, treatment, running }, day)),
  }));
}

const armAt = (metric: MetricPlan, arms: ReadonlyMap<string, MetricArm>, { id }: PlannedVariant): MetricArm =>
  arms.get(id) ?? metricArm(metric, undefined, undefined);

/** What was randomised, where events are ranked as well. */
const unitsOf = ({ plain, described }: MetricArm): number =>
  plain.kind === 'quantile' && plain.clusters !== null ? plain.clusters.count : described.n;

interface Compared {
  readonly definition: ExperimentDefinition;
  readonly metric: MetricPlan;
  readonly control: PlannedVariant;
  readonly treatment: PlannedVariant;
  /** What has been seen so far, by variant key; brought forward by each look. */
  readonly running: Map<string, RunningView>;
}

function comparisonAt(compared: Compared, day: SeriesDay): SeriesComparison {
  const { definition, metric, control, treatment, running } = compared;
  const compare = (arms: ReadonlyMap<string, MetricArm>) => {
    const pair = { control: armAt(metric, arms, control), treatment: armAt(metric, arms, treatment) };
    const { comparison } = adjustedComparison(metric, pair, null, null, comparisonOptions(metric, definition));
    return { comparison, counts: [unitsOf(pair.control), unitsOf(pair.treatment)] };
  };
  const today = compare(day.today).comparison;
  const { comparison, counts } = compare(day.soFar);
  const { sequential: look } = sequentialView({
    analysis: { ...definition.analysis, sequential: bandMethod(definition) },
    metric: metric.metric,
    comparison,
    units: counts.reduce((sum, count) => sum + count, 0),
    smallest: Math.min(...counts),
    alpha: bandLevel(definition, metric),
    alternative: comparisonOptions(metric, definition).alternative ?? 'two-sided',
    looks: null,
  });
  const absolute = plainEffect(comparison.absolute);
  const band = look?.ci ?? null;
  if (look?.pValue != null && band !== null) {
    const ends = [band[0] ?? -Infinity, band[1] ?? Infinity] as const;
    running.set(treatment.key, advanceRunningView(running.get(treatment.key) ?? NO_LOOKS, look.pValue, ends));
  }
  const view = running.get(treatment.key);
  return {
    variantKey: treatment.key,
    against: control.key,
    daily: plainEffect(today.absolute),
    cumulative:
      absolute === null
        ? null
        : {
            ...absolute,
            relative: plainEffect(comparison.relative),
            band,
            running: view === undefined ? null : runningOf(view),
          },
  };
}

const runningOf = ({
  pValue,
  ci,
  contradictory,
}: RunningView): { pValue: number; band: [number | null, number | null]; contradictory: boolean } => ({
  pValue,
  band: [finite(ci[0]), finite(ci[1])],
  contradictory,
});

const finite = (end: number): number | null => (Number.isFinite(end) ? end : null);
