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
  /** Unit by unit, one value per metric; NaN leaves the unit out of it. */
  readonly values: Float64Array;
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
  const quantities = new GrowingDoubles();
  const grouping = { key: 'NULL::text', join: '', values: [], withUsers: true };
  for await (const group of readUnitTable(client, plan, metrics, grouping)) {
    const arm = variants.indexOf(group.variantId);
    if (arm < 0) continue;
    users.push(group.users);
    group.each((cells) => {
      arms.push([arm]);
      for (const metric of metrics) {
        const [first = NaN, second = NaN] = metric.quantities(cells) ?? [];
        quantities.push(metric.metric.aggregationMethod === 'ratio' ? [first, second] : [first]);
      }
    });
  }
  return {
    plan,
    metrics,
    variants,
    users: users.view(),
    arms: Uint8Array.from(arms.view()),
    values: linearised(metrics, quantities.view()),
  };
}

/** One value per unit and metric: a ratio becomes `(m - R d)/mean(d)`, whose mean is what the arm's ratio differs by. */
function linearised(metrics: readonly MetricPlan[], quantities: Float64Array): Float64Array {
  const widths = metrics.map(({ metric }) => (metric.aggregationMethod === 'ratio' ? 2 : 1));
  const width = widths.reduce<number>((sum, each) => sum + each, 0);
  if (width === metrics.length) return quantities;
  const units = width === 0 ? 0 : quantities.length / width;
  const values = new Float64Array(units * metrics.length);
  let at = 0;
  widths.forEach((each, index) => {
    const [ratio, mean] = each === 1 ? [0, 1] : ratioOf(quantities, at, width);
    for (let unit = 0; unit < units; unit += 1) {
      const first = quantities[unit * width + at] ?? NaN;
      const second = each === 1 ? 0 : (quantities[unit * width + at + 1] ?? NaN);
      values[unit * metrics.length + index] = (first - ratio * second) / mean;
    }
    at += each;
  });
  return values;
}

function ratioOf(quantities: Float64Array, at: number, width: number): [ratio: number, mean: number] {
  let [numerator, denominator, units] = [0, 0, 0];
  for (let row = at; row < quantities.length; row += width) {
    numerator += quantities[row] ?? 0;
    denominator += quantities[row + 1] ?? 0;
    units += 1;
  }
  return [numerator / denominator, denominator / units];
}
