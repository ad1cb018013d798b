import type { ExperimentDefinition } from '@assay/contracts';

/** How many comparisons share the plan's level: goal metrics × treatments, when the plan corrects. */
export interface FamilySize {
  readonly goalMetrics: number;
  readonly tests: number;
  /** The level that each of them may use alone, where p-values cannot be adjusted together. */
  level(alpha: number): number;
}

export function familySize({ metrics, variants, analysis }: ExperimentDefinition): FamilySize {
  const goalMetrics = Math.max(1, metrics.filter(({ role }) => role === 'goal').length);
  const treatments = Math.max(1, variants.filter(({ isControl }) => !isControl).length);
  const tests = analysis.correction === 'none' ? 1 : goalMetrics * treatments;
  return { goalMetrics, tests, level: (alpha) => alpha / tests };
}
