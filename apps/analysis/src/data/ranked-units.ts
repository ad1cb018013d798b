import {
  emptyMoments,
  mergeMoments,
  momentsFromValues,
  quantileFromEvents,
  quantileFromValues,
  winsorLimits,
  type Moments,
  type QuantileSummary,
} from '@assay/stats';
import type { ExperimentPlan } from '../plan/experiment-plan.js';
import { ranksEvents, type MetricPlan } from '../plan/metric-plan.js';
import { GrowingDoubles } from './growing-doubles.js';
import type { UnitGroup } from './unit-table.js';

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

/** The units of one arm: ranked in the end, or added up as they come. */
interface Sample {
  /** Quantity by quantity; or the values of all events. */
  readonly columns: readonly GrowingDoubles[];
  /** Events of each unit, where events are ranked. */
  readonly sizes: GrowingDoubles;
  moments: Moments | null;
}

/** Takes in units and ranks them in the end: caps at percentiles of all arms together, and quantiles. */
export class RankedUnits {
  private readonly samples = new Map<MetricPlan, Map<string, Sample>>();

  /** @param metrics those that sums do not tell, or all: others are added up. */
  constructor(
    private readonly plan: ExperimentPlan,
    private readonly metrics: readonly MetricPlan[] = plan.metrics.filter(({ isRanked }) => isRanked),
  ) {
    for (const metric of metrics) this.samples.set(metric, new Map());
  }

  /** One unit. */
  add(variantId: string, cells: Float64Array): void {
    for (const metric of this.metrics) {
      const quantities = metric.quantities(cells);
      if (quantities === null) continue;
      const sample = this.sample(metric, variantId);
      if (ranksEvents(metric)) {
        const entries = this.plan.lists.read(cells, metric.listIndex);
        sample.columns[0]?.append(entries);
        sample.sizes.push(entries.length);
      } else {
        quantities.forEach((quantity, index) => sample.columns[index]?.push(quantity));
      }
    }
  }

  /** Many units of one arm. */
  addGroup(group: UnitGroup): void {
    for (const metric of this.metrics) {
      const sample = this.sample(metric, group.variantId);
      if (ranksEvents(metric)) {
        const { values, sizes } = group.list(metric.listIndex);
        sample.columns[0]?.append(values);
        sample.sizes.append(sizes.filter((size) => size > 0));
        continue;
      }
      const columns = withoutGaps(group.quantities(metric));
      if (metric.isRanked) columns.forEach((column, index) => sample.columns[index]?.append(column));
      else sample.moments = mergeMoments(sample.moments ?? emptyMoments(columns.length), momentsFromValues(columns));
    }
  }

  /** @param caps of a whole that these units are a part of; its limits are kept. */
  results(caps?: RankedMetrics): RankedMetrics {
    return new Map([...this.samples].map(([metric, samples]) => [metric.metric.name, resultOf(metric, samples, caps)]));
  }

  private sample(metric: MetricPlan, variantId: string): Sample {
    const samples = this.samples.get(metric);
    let sample = samples?.get(variantId);
    if (sample === undefined) {
      const columns = Array.from({ length: Math.max(1, metric.dimensions) }, () => new GrowingDoubles());
      sample = { columns, sizes: new GrowingDoubles(), moments: null };
      samples?.set(variantId, sample);
    }
    return sample;
  }
}

function resultOf(metric: MetricPlan, samples: ReadonlyMap<string, Sample>, caps?: RankedMetrics): RankedMetric {
  if (metric.metric.quantile !== null) return quantileMetric(metric, samples);
  if (metric.isRanked) return cappedMetric(metric, samples, caps?.get(metric.metric.name)?.cap);
  return { arms: new Map([...samples].map(([id, { moments }]) => [id, { moments, quantile: null }])), cap: null };
}

/** Columns without the units that the first one leaves out. */
function withoutGaps(columns: readonly Float64Array[]): readonly Float64Array[] {
  const [outcome] = columns;
  if (outcome === undefined || !outcome.some(Number.isNaN)) return columns;
  return columns.map((column) => column.filter((_, unit) => !Number.isNaN(outcome[unit])));
}

function quantileMetric(plan: MetricPlan, samples: ReadonlyMap<string, Sample>): RankedMetric {
  const nu = plan.metric.quantile ?? 0.5;
  const arms = [...samples].map(([variantId, { columns, sizes }]): [string, RankedArm] => {
    const values = columns[0]?.view() ?? new Float64Array(0);
    const quantile = ranksEvents(plan) ? quantileFromEvents(values, sizes.view(), nu) : quantileFromValues(values, nu);
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
  const outcomes = [...samples.values()].map(({ columns }) => columns[0]?.view() ?? new Float64Array(0));
  const cap = given === undefined || given === null ? capOf(plan.metric, outcomes) : given.value;
  const cut = plan.earlier === null ? [0] : [0, plan.rule.dimensions];
  let units = 0;
  const arms = [...samples].map(([variantId, sample]): [string, RankedArm] => {
    const columns = sample.columns.map((column) => column.view());
    for (const index of cut) {
      const capped = capColumn(columns[index], cap);
      if (index === 0) units += capped;
    }
    return [variantId, { moments: momentsFromValues(columns), quantile: null }];
  });
  return { arms: new Map(arms), cap: { value: cap, units } };
}

/** Cuts in place; how many values were beyond the cap. */
function capColumn(column: Float64Array | undefined, cap: number | null): number {
  if (column === undefined || cap === null) return 0;
  let capped = 0;
  for (let unit = 0; unit < column.length; unit += 1) {
    if ((column[unit] ?? 0) <= cap) continue;
    column[unit] = cap;
    capped += 1;
  }
  return capped;
}

function capOf({ capPercentile, ignoreZeros }: MetricPlan['metric'], outcomes: readonly Float64Array[]): number | null {
  const limits = winsorLimits(outcomes, { percentile: capPercentile, ignoreZeros });
  return limits.ok ? limits.value.cap : null;
}
