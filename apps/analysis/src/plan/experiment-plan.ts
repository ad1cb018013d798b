import type { ExperimentDefinition, Metric } from '@assay/contracts';
import { hash } from 'node:crypto';
import type { UnitLists } from '../units/unit-lists.js';
import { isRanked, layOut } from './experiment-layout.js';
import { isPerOwnEvent, type MetricPlan } from './metric-plan.js';

/** Which metric takes an event type, and as what. */
export interface EventUse {
  readonly plan: MetricPlan;
  readonly source: 'numerator' | 'denominator';
  /** Place among the steps of a funnel; 0 elsewhere. */
  readonly step: number;
  /** Whether the event feeds the metric's covariate when it comes before the exposure. */
  readonly isEarlierToo: boolean;
}

/** An experiment made ready for counting: the layout of a unit's cells and of an arm's moments. */
export interface ExperimentPlan {
  readonly definition: ExperimentDefinition;
  readonly metrics: readonly MetricPlan[];
  readonly lists: UnitLists;
  readonly initialCells: Float64Array;
  readonly momentCount: number;
  /** Quantities per metric: the layout of an arm's moments. */
  readonly dimensions: readonly number[];
  /** Places of the metrics that sums do not tell: their units' quantities are kept as well. */
  readonly ranked: readonly number[];
  readonly uses: ReadonlyMap<string, readonly EventUse[]>;
  /** Whether any metric reads the metadata of its events. */
  readonly needsMetadata: boolean;
  /** How long before the exposure any metric looks. */
  readonly lookbackMs: number;
  /** Changes exactly when stored cells no longer fit: other metrics, another order, another window … */
  readonly layoutHash: string;
}

/** Raised when the same definition is laid out in another way, so that what is stored is built anew. */
const LAYOUT_VERSION = 2;
/** The same for what is kept of metrics that sums do not tell; experiments without any stay as they are. */
const RANKS_VERSION = 2;
/** The same for ratios whose numerator and denominator are read apart; those of plain values stay as they are. */
const RATIOS_VERSION = 'ratio 2';

export function experimentPlan(definition: ExperimentDefinition): ExperimentPlan {
  const layout = layOut(definition);
  return {
    ...layout,
    definition,
    dimensions: layout.metrics.map(({ dimensions }) => dimensions),
    ranked: layout.metrics.flatMap((metric, index) => (metric.isRanked ? [index] : [])),
    uses: usesOf(layout.metrics),
    needsMetadata: definition.metrics.some(({ eventValuePath }) => eventValuePath !== null),
    lookbackMs: Math.max(0, ...layout.metrics.map(({ earlier }) => earlier?.lookbackMs ?? 0)),
    layoutHash: hash('sha256', JSON.stringify(layoutOf(definition)), 'hex'),
  };
}

/** What the stored numbers depend on; kept with them. */
export function layoutOf({ metrics, analysis }: ExperimentDefinition): unknown[] {
  const parts = metrics.map((metric) => [
    metric.eventName,
    metric.aggregationMethod,
    metric.eventValuePath,
    metric.denominatorEventName,
    metric.delayHours ?? 0,
    metric.windowHours,
    metric.quantileBy,
    metric.quantile !== null && metric.ignoreZeros,
    metric.capValue,
    metric.steps,
    analysis.cuped ? [metric.name, metric.cupedLookbackDays, metric.covariates] : [],
    ...(isRanked(metric) ? [RANKS_VERSION] : []),
    ...(isReadApart(metric) ? [RATIOS_VERSION] : []),
  ]);
  return [LAYOUT_VERSION, ...parts];
}

const isReadApart = (metric: Metric): boolean =>
  metric.aggregationMethod === 'ratio' && (metric.eventValuePath !== null || isPerOwnEvent(metric));

function usesOf(metrics: readonly MetricPlan[]): Map<string, EventUse[]> {
  const uses = new Map<string, EventUse[]>();
  const put = (eventType: string, use: EventUse): void => {
    const held = uses.get(eventType);
    if (held === undefined) uses.set(eventType, [use]);
    else held.push(use);
  };
  for (const plan of metrics) {
    const { eventName, steps, denominatorEventName } = plan.metric;
    for (const eventType of new Set(steps.length > 0 ? steps : [eventName])) {
      const step = Math.max(0, steps.indexOf(eventType));
      put(eventType, { plan, source: 'numerator', step, isEarlierToo: eventType === eventName });
    }
    if (denominatorEventName !== null) {
      put(denominatorEventName, { plan, source: 'denominator', step: 0, isEarlierToo: true });
    }
  }
  return uses;
}
