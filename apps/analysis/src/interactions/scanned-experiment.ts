import type pg from 'pg';
import { GrowingDoubles } from '../data/growing-doubles.js';
import { readUnitTable } from '../data/unit-table.js';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import type { MetricPlan } from '../plan/metric-plan.js';

/** The units of one experiment, as far as a scan for interactions needs them. */
export interface ScannedExperiment {
  readonly plan: ExperimentPlan;
  /** Metrics that have one number per unit which may be averaged. */
  readonly metrics: readonly MetricPlan[];
  /** Control first. */
  readonly variants: readonly string[];
  /** One number per user, the same in all experiments. */
  readonly users: Float64Array;
  /** Index into `variants`, unit by unit. */
  readonly arms: Uint8Array;
  /** Metric by metric, one value per unit; NaN leaves the unit out of it. */
  readonly values: readonly Float64Array[];
}

/** Quantiles and percentile caps are no averages of units; secondary metrics would only dilute the scan. */
export const scannedMetrics = ({ metrics }: ExperimentPlan): MetricPlan[] =>
  metrics.filter(({ metric, isRanked }) => !isRanked && metric.role !== 'secondary');

export async function scanExperiment(client: pg.ClientBase, plan: ExperimentPlan): Promise<ScannedExperiment> {
  const metrics = scannedMetrics(plan);
  const { variants: planned } = plan.definition;
  const variants = [...planned.filter((each) => each.isControl), ...planned.filter((each) => !each.isControl)].map(
    ({ id }) => id,
  );
  const users = new GrowingDoubles();
  const arms = new GrowingDoubles();
  const columns = metrics.map(() => [new GrowingDoubles(), new GrowingDoubles()] as const);
  const grouping = { key: 'NULL::text', join: '', values: [], withUsers: true };
  for (const group of await readUnitTable(client, plan, metrics, grouping)) {
    const arm = variants.indexOf(group.variantId);
    if (arm < 0) continue;
    users.append(group.users);
    arms.append(new Float64Array(group.count).fill(arm));
    metrics.forEach((metric, index) => {
      const [first, second] = group.quantities(metric);
      if (first !== undefined) columns[index]?.[0].append(first);
      if (second !== undefined && metric.metric.aggregationMethod === 'ratio') columns[index]?.[1].append(second);
    });
  }
  return {
    plan,
    metrics,
    variants,
    users: users.view(),
    arms: Uint8Array.from(arms.view()),
    values: columns.map(([first, second]) => linearised(first.view(), second.view())),
  };
}

/** One value per unit: a ratio becomes `(m - R d)/mean(d)`, whose mean is what the arm's ratio differs by. */
function linearised(first: Float64Array, second: Float64Array): Float64Array {
  if (second.length === 0) return first;
  const denominator = second.reduce((sum, value) => sum + value, 0);
  const ratio = first.reduce((sum, value) => sum + value, 0) / denominator;
  const mean = denominator / second.length;
  return first.map((value, unit) => (value - ratio * (second[unit] ?? 0)) / mean);
}
