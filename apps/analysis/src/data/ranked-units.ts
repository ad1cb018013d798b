import {
  momentsFromValues,
  quantileFromEvents,
  quantileFromSorted,
  winsorLimits,
  type Moments,
  type QuantileSummary,
} from '@assay/stats';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import type { MetricPlan } from '../plan/metric-plan.js';
import { GrowingDoubles } from './growing-doubles.js';

/** One arm of a metric that sums do not tell: of capped units, or a quantile. */
export interface RankedArm {
  readonly moments: Moments | null;
  readonly quantile: QuantileSummary | null;
}

/** One such metric in all arms. */
export interface RankedMetric {
  /** By variant id; an arm without units is not there. */
  readonly arms: ReadonlyMap<string, RankedArm>;
  /** Where values were cut, and of how many units; null for a quantile. */
  readonly cap: { readonly value: number | null; readonly units: number } | null;
}

/** By metric name. */
export type RankedMetrics = ReadonlyMap<string, RankedMetric>;

interface Sample {
  readonly rows: GrowingDoubles;
  /** Events of each unit, where events are ranked. */
  readonly sizes: GrowingDoubles;
}

/** Takes in units one by one and ranks them in the end: caps at percentiles of all arms together, and quantiles. */
export class RankedUnits {
  private readonly metrics: readonly MetricPlan[];
  private readonly samples = new Map<MetricPlan, Map<string, Sample>>();

  constructor(private readonly plan: ExperimentPlan) {
    this.metrics = plan.metrics.filter(({ isRanked }) => isRanked);
    for (const metric of this.metrics) this.samples.set(metric, new Map());
  }

  get isNeeded(): boolean {
    return this.metrics.length > 0;
  }

  add(variantId: string, cells: Float64Array): void {
    for (const metric of this.metrics) {
      const quantities = metric.quantities(cells);
      if (quantities === null) continue;
      const sample = this.sample(metric, variantId);
      if (!ranksEvents(metric)) {
        sample.rows.push(quantities);
        continue;
      }
      const entries = this.plan.lists.read(cells, metric.listIndex);
      sample.rows.push(entries);
      sample.sizes.push([entries.length]);
    }
  }

  /** @param caps of a whole that these units are a part of; its limits are kept. */
  results(caps?: RankedMetrics): RankedMetrics {
    return new Map(
      [...this.samples].map(([metric, samples]) => [
        metric.metric.name,
        metric.metric.quantile === null
          ? cappedMetric(metric, samples, caps?.get(metric.metric.name)?.cap)
          : quantileMetric(metric, samples),
      ]),
    );
  }

  private sample(metric: MetricPlan, variantId: string): Sample {
    const samples = this.samples.get(metric);
    let sample = samples?.get(variantId);
    if (sample === undefined) {
      sample = { rows: new GrowingDoubles(), sizes: new GrowingDoubles() };
      samples?.set(variantId, sample);
    }
    return sample;
  }
}

const ranksEvents = ({ metric }: MetricPlan): boolean => metric.quantile !== null && metric.quantileBy !== 'unit';

function quantileMetric(plan: MetricPlan, samples: ReadonlyMap<string, Sample>): RankedMetric {
  const nu = plan.metric.quantile ?? 0.5;
  const arms = [...samples].map(([variantId, { rows, sizes }]): [string, RankedArm] => {
    const quantile = ranksEvents(plan)
      ? quantileFromEvents(rows.view(), sizes.view(), nu)
      : quantileFromSorted(rows.view().slice().sort(), nu);
    return [variantId, { moments: null, quantile }];
  });
  return { arms: new Map(arms), cap: null };
}

/** The outcome, and the metric's own covariate, are cut at the same place in all arms. */
function cappedMetric(
  plan: MetricPlan,
  samples: ReadonlyMap<string, Sample>,
  given: RankedMetric['cap'] | undefined,
): RankedMetric {
  const { dimensions, metric, rule } = plan;
  const columns = new Map(
    [...samples].map(([variantId, { rows }]) => [
      variantId,
      Array.from({ length: dimensions }, (_, index) => rows.column(index, dimensions)),
    ]),
  );
  const outcomes = [...columns.values()].map(([outcome = new Float64Array(0)]) => outcome);
  const cap = given === undefined || given === null ? capOf(metric, outcomes) : given.value;
  const cut = plan.earlier === null ? [0] : [0, rule.dimensions];
  let units = 0;
  for (const arm of columns.values()) {
    for (const index of cut) {
      const capped = capColumn(arm[index], cap);
      if (index === 0) units += capped;
    }
  }
  const arms = [...columns].map(([variantId, arm]): [string, RankedArm] => [
    variantId,
    { moments: momentsFromValues(arm), quantile: null },
  ]);
  return { arms: new Map(arms), cap: { value: cap, units } };
}

/** Cuts in place; how many values were beyond the cap. */
function capColumn(column: Float64Array | undefined, cap: number | null): number {
  if (column === undefined || cap === null) return 0;
  let capped = 0;
  column.forEach((value, index) => {
    if (value <= cap) return;
    column[index] = cap;
    capped += 1;
  });
  return capped;
}

function capOf({ capPercentile, ignoreZeros }: MetricPlan['metric'], outcomes: readonly Float64Array[]): number | null {
  const limits = winsorLimits(outcomes, { percentile: capPercentile, ignoreZeros });
  return limits.ok ? limits.value.cap : null;
}
