import type { Comparison, ExperimentDefinition, MetricResult } from '@assay/contracts';
import { nextGroupLook } from '@assay/stats';
import { groupSequentialMethod, plannedLookAt } from './look-schedule.js';
import { looksOf, type LookTaken } from './look-taken.js';

/**
 * The looks that the present numbers have come to and that were not taken yet, each with the boundary that the looks before it
 * have left, at the information that there is.
 *
 * @param metrics the present results, with the looks `taken` in their view
 */
export function dueLooks(
  definition: ExperimentDefinition,
  metrics: readonly MetricResult[],
  taken: readonly LookTaken[],
  now: Date,
): LookTaken[] {
  return metrics.flatMap((metric) =>
    metric.comparisons.flatMap((comparison) => dueLook(definition, metric, comparison, taken, now) ?? []),
  );
}

function dueLook(
  { analysis, variants }: ExperimentDefinition,
  metric: MetricResult,
  comparison: Comparison,
  all: readonly LookTaken[],
  takenAt: Date,
): LookTaken | null {
  const { sequential, absolute, relative, statistic, variantKey } = comparison;
  const kind = groupSequentialMethod(analysis);
  const variantId = variants.find(({ key }) => key === variantKey)?.id;
  if (kind === null || sequential?.nextLook == null || variantId === undefined) return null;
  if (statistic === null || absolute?.estimate == null || absolute.standardError === null) return null;
  const { nextLook, plannedUnits, alpha, units } = sequential;
  if (plannedUnits === null || units === null || units < nextLook.units) return null;
  const taken = looksOf(all, metric.name, variantId);
  const isTwoSided = analysis.alternative === 'two-sided';
  const boundary = nextGroupLook({
    taken: taken.map(({ units: information, criticalValue }) => ({ information, criticalValue })),
    information: units,
    plannedInformation: plannedUnits,
    alphaOneSided: isTwoSided ? alpha / 2 : alpha,
    boundary: { kind },
  });
  if (!boundary.ok) return null;
  const { criticalValue, informationFraction, cumulativeAlphaSpent } = boundary.value;
  const towards = isTwoSided ? Math.abs(statistic) : metric.lowerIsBetter ? -statistic : statistic;
  return {
    metric: metric.name,
    variantId,
    look: taken.length + 1,
    plannedLook: plannedLookAt(units, plannedUnits, analysis.looks),
    takenAt,
    units,
    informationFraction,
    alpha,
    estimate: absolute.estimate,
    standardError: absolute.standardError,
    relativeEstimate: relative?.estimate ?? null,
    relativeStandardError: relative?.standardError ?? null,
    statistic,
    criticalValue,
    alphaSpent: cumulativeAlphaSpent,
    crossed: towards >= criticalValue,
  };
}
