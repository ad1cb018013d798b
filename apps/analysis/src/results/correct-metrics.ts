import type { AnalysisPlan, Comparison, MetricResult } from '@assay/contracts';
import { adjustPValues } from '@assay/stats';

/**
 * Corrects the p-values over the family of goal metrics × treatments, as the plan says, and tells by the view that decides
 * whether there is a difference. Secondary metrics and guardrails stay as they are: they are read on their own.
 */
export function correctMetrics(metrics: readonly MetricResult[], analysis: AnalysisPlan): MetricResult[] {
  const family = metrics
    .filter(({ role }) => role === 'goal')
    .flatMap(({ comparisons }) => comparisons)
    .filter((comparison): comparison is Comparison & { pValue: number } => comparison.pValue !== null);
  const adjusted = adjustPValues(
    family.map(({ pValue }) => pValue),
    analysis.correction,
  );
  const byComparison = new Map<Comparison, number>();
  if (adjusted.ok)
    family.forEach((comparison, index) => byComparison.set(comparison, adjusted.value[index] ?? comparison.pValue));
  return metrics.map((metric) => ({
    ...metric,
    comparisons: metric.comparisons.map((comparison) => {
      const adjustedPValue = byComparison.get(comparison) ?? comparison.pValue;
      const significant = adjustedPValue === null ? null : adjustedPValue < analysis.alpha;
      const corrected = { ...comparison, adjustedPValue, significant };
      return { ...corrected, decisive: isDecisive(corrected, analysis) };
    }),
  }));
}

function isDecisive(comparison: Comparison, { chanceToWin }: AnalysisPlan): boolean | null {
  const { decidedBy, significant, sequential, bayesian, refusal } = comparison;
  if (decidedBy === 'fixed') return significant;
  if (decidedBy === 'sequential') return sequential === null ? null : sequential.significant;
  // Where no unit differs from another the view is the prior, which decides nothing by itself.
  if (bayesian === null || refusal?.code === 'ZERO_VARIANCE') return null;
  return bayesian.chanceToWin >= chanceToWin || bayesian.chanceToWin <= 1 - chanceToWin;
}
