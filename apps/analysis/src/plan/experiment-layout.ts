import type { ExperimentDefinition, Metric } from '@assay/contracts';
import { UnitLists } from '../units/unit-lists.js';
import { momentCount } from '../units/moments.js';
import { cellRule, covariateRule, type CellRule } from './cell-rules.js';
import { mayBeMissing } from './quantity-columns.js';
import { denominatorReader, lookbackOf, valueReader, type EarlierPlan, type MetricPlan } from './metric-plan.js';

const HOUR_MS = 3_600_000;

/** Where everything of a unit and of an arm is kept. */
export interface ExperimentLayout {
  readonly metrics: readonly MetricPlan[];
  readonly lists: UnitLists;
  readonly initialCells: Float64Array;
  readonly momentCount: number;
}

/** A metric whose place among the cells is known. */
interface Placed {
  readonly metric: Metric;
  readonly rule: CellRule;
  readonly cellOffset: number;
  readonly listIndex: number;
  readonly earlier: EarlierPlan | null;
}

/** Gives every metric its place: first the cells of all, then the moments, since covariates are cells of other metrics. */
export function layOut(definition: ExperimentDefinition): ExperimentLayout {
  const initial: number[] = [];
  const countCells: number[] = [];
  const placed = definition.metrics.map((metric): Placed => {
    const rule = cellRule(metric);
    const cellOffset = initial.length;
    initial.push(...rule.initial);
    const listIndex = rule.list === undefined ? -1 : countCells.push(cellOffset) - 1;
    const earlierRule = isAdjusted(definition, metric) ? covariateRule(metric.aggregationMethod) : null;
    const earlier = earlierRule === null ? null : earlierPlan(earlierRule, initial.length, metric);
    initial.push(...(earlierRule?.initial ?? []));
    return { metric, rule, cellOffset, listIndex, earlier };
  });
  const lists = new UnitLists(initial.length, countCells);
  let moments = 0;
  const metrics = placed.map((place) => {
    const plan = metricPlan(place, placed, lists, moments);
    moments += momentCount(plan.dimensions);
    return plan;
  });
  return { metrics, lists, initialCells: Float64Array.from(initial), momentCount: moments };
}

/** Sums do not tell quantiles, nor caps at a percentile. */
export const isRanked = ({ aggregationMethod, capPercentile }: Metric): boolean =>
  aggregationMethod === 'quantile' || capPercentile !== null;

/** A metric looks before the exposure when the plan has CUPED, or another metric is adjusted by it. */
function isAdjusted({ analysis }: ExperimentDefinition, { aggregationMethod }: Metric): boolean {
  return analysis.cuped && aggregationMethod !== 'quantile';
}

const earlierPlan = (rule: CellRule, cellOffset: number, metric: Metric): EarlierPlan => ({
  rule,
  cellOffset,
  lookbackMs: lookbackOf(metric),
});

function metricPlan(place: Placed, all: readonly Placed[], lists: UnitLists, momentOffset: number): MetricPlan {
  const { metric, rule, earlier } = place;
  const sources = earlier === null ? [] : covariateSources(place, all);
  const covariates = sources.flatMap(covariateNames);
  return {
    ...place,
    covariates,
    dimensions: rule.dimensions + covariates.length,
    momentOffset,
    delayMs: (metric.delayHours ?? 0) * HOUR_MS,
    windowMs: metric.windowHours === null ? Infinity : metric.windowHours * HOUR_MS,
    isRanked: isRanked(metric),
    read: valueReader(metric),
    readDenominator: denominatorReader(metric),
    quantities: quantitiesOf(place, sources, lists),
  };
}

/** A covariate of a metric: the earlier cells of itself or of another metric. */
interface CovariateSource {
  readonly name: string;
  readonly earlier: EarlierPlan;
  /** Whether a unit may have no value before its exposure; it then counts as 0 and an indicator says so. */
  readonly mayBeMissing: boolean;
}

function covariateSources(place: Placed, all: readonly Placed[]): CovariateSource[] {
  const others = place.metric.covariates.flatMap((name) => all.find(({ metric }) => metric.name === name) ?? []);
  return [place, ...others].flatMap(({ metric, earlier }) => {
    if (earlier === null) return [];
    return [{ name: metric.name, earlier, mayBeMissing: mayBeMissing(earlier.rule) }];
  });
}

const covariateNames = ({ name, earlier, mayBeMissing }: CovariateSource): string[] => [
  ...(earlier.rule.dimensions === 2 ? [name, `${name} (denominator)`] : [name]),
  ...(mayBeMissing ? [`${name} (no history)`] : []),
];

const NO_LIST = new Float64Array(0);

function quantitiesOf(place: Placed, sources: readonly CovariateSource[], lists: UnitLists): MetricPlan['quantities'] {
  const { rule, cellOffset, listIndex, metric } = place;
  const plain: MetricPlan['quantities'] =
    listIndex < 0
      ? (cells) => rule.value(cells, cellOffset, NO_LIST)
      : (cells) => rule.value(cells, cellOffset, lists.read(cells, listIndex));
  if (sources.length === 0 && metric.capValue === null) return plain;
  const cap = metric.capValue ?? Infinity;
  return (cells) => {
    const outcome = plain(cells);
    if (outcome === null) return null;
    const quantities = [...outcome];
    quantities[0] = Math.min(quantities[0] ?? 0, cap);
    for (const { name, earlier, mayBeMissing: isOptional } of sources) {
      const before = earlier.rule.value(cells, earlier.cellOffset, NO_LIST);
      const first = quantities.length;
      quantities.push(...(before ?? [0]));
      if (isOptional) quantities.push(before === null ? 1 : 0);
      if (name === metric.name) quantities[first] = Math.min(quantities[first] ?? 0, cap);
    }
    return quantities;
  };
}
