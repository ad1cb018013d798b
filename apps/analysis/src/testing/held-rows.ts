import { emptyMoments, toNumber, type Moments } from '@assay/stats';
import type { ExperimentData } from '../data/experiment-data.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { readMoments } from '../units/moments.js';

/** One metric in one arm, in the form of the batch query. */
export interface HeldRow {
  readonly variantId: string;
  readonly metric: string;
  readonly n: number;
  readonly quantile?: number;
  readonly sums: readonly number[];
  readonly products: readonly number[];
}

/** Data in the form of the batch query; metrics that sums do not tell as they are ranked. */
export function rowsOf(plan: ExperimentPlan, { totals, ranked }: ExperimentData): HeldRow[] {
  return [...totals].flatMap(([variantId, arm]) =>
    plan.metrics.map(({ metric, momentOffset, dimensions, isRanked }): HeldRow => {
      const found = ranked.get(metric.name)?.arms.get(variantId);
      const row = { variantId, metric: metric.name, sums: [], products: [] };
      if (metric.quantile !== null) {
        return { ...row, n: found?.quantile?.n ?? 0, quantile: found?.quantile?.quantile ?? NaN };
      }
      if (isRanked) return { ...row, ...rawSums(found?.moments ?? emptyMoments(dimensions)) };
      const { n, sums, products } = readMoments(arm.moments, momentOffset, dimensions);
      return { ...row, n, sums: sums.map(toNumber), products: products.map(toNumber) };
    }),
  );
}

/** Means and centred products back to what a query adds up. */
function rawSums({ n, means, products }: Moments): Pick<HeldRow, 'n' | 'sums' | 'products'> {
  const pairs = means.flatMap((left, row) => means.slice(row).map((right) => n * left * right));
  return {
    n,
    sums: means.map((mean) => n * mean),
    products: products.map((product, index) => product + (pairs[index] ?? 0)),
  };
}
