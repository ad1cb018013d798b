import type { ExperimentDefinition, SeriesPoint, TimeSeries } from '@assay/contracts';
import { advanceRunningView, emptyMoments, NO_LOOKS, type RunningView } from '@assay/stats';
import type { MetricPlan } from '../plan/metric-plan.js';
import { adjustedComparison, plainEffect } from '../results/adjusted-comparison.js';
import { armOfMoments, type MetricArm, type PlannedVariant } from '../results/metric-arm.js';
import { comparisonOptions } from '../results/comparison-options.js';
import { sequentialView } from '../results/sequential-view.js';
import { dayName } from './day-name.js';
import { cumulativeDays, type MetricDay } from './day-series.js';

export type BandMethod = TimeSeries['band']['method'];

/** The plan's own method where it has a band for every look, else a confidence sequence. */
export const bandMethod = ({ analysis }: ExperimentDefinition): BandMethod =>
  analysis.sequential === 'msprt' ? 'msprt' : 'asymptotic-cs';

type SeriesComparison = SeriesPoint['comparisons'][number];

/** A metric day by day: the effect of the day's units, and of all so far with a band that holds at all days at once. */
export function seriesPoints(
  definition: ExperimentDefinition,
  metric: MetricPlan,
  days: readonly MetricDay[],
): SeriesPoint[] {
  const control = definition.variants.find(({ isControl }) => isControl);
  const treatments = definition.variants.filter(({ isControl }) => !isControl);
  const running = new Map<string, RunningView>();
  const cumulative = cumulativeDays(days, metric);
  return days.map((day, index) => {
    const soFar = cumulative[index] ?? day;
    return {
      day: dayName(day.day),
      variants: definition.variants.map((variant) => {
        const [today, all] = [armAt(metric, day, variant), armAt(metric, soFar, variant)];
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
          : treatments.map((treatment) =>
              comparisonAt({ definition, metric, control, treatment, running }, day, soFar),
            ),
    };
  });
}

const armAt = (metric: MetricPlan, { arms }: MetricDay, { id }: PlannedVariant): MetricArm =>
  armOfMoments(metric, arms.get(id) ?? emptyMoments(metric.dimensions));

interface Compared {
  readonly definition: ExperimentDefinition;
  readonly metric: MetricPlan;
  readonly control: PlannedVariant;
  readonly treatment: PlannedVariant;
  /** What has been seen so far, by variant key; brought forward by each look. */
  readonly running: Map<string, RunningView>;
}

function comparisonAt(compared: Compared, day: MetricDay, soFar: MetricDay): SeriesComparison {
  const { definition, metric, control, treatment, running } = compared;
  const compare = (at: MetricDay) => {
    const pair = { control: armAt(metric, at, control), treatment: armAt(metric, at, treatment) };
    const { comparison } = adjustedComparison(metric, pair, null, null, comparisonOptions(metric, definition));
    return { comparison, counts: [pair.control.described.n, pair.treatment.described.n] };
  };
  const today = compare(day).comparison;
  const { comparison, counts } = compare(soFar);
  const { sequential: look } = sequentialView({
    analysis: { ...definition.analysis, sequential: bandMethod(definition) },
    metric: metric.metric,
    comparison,
    units: counts.reduce((sum, count) => sum + count, 0),
    smallest: Math.min(...counts),
    alpha: definition.analysis.alpha,
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
