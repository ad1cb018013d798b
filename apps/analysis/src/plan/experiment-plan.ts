import type { ExperimentDefinition } from '@assay/contracts';
import { hash } from 'node:crypto';
import { momentCount } from '../units/moments.js';
import { metricPlan, type MetricPlan } from './metric-plan.js';

/** Which metric takes an event type, and as what. */
export interface EventUse {
  readonly plan: MetricPlan;
  readonly source: 'numerator' | 'denominator';
}

/** An experiment made ready for counting: the layout of a unit's cells and of an arm's moments. */
export interface ExperimentPlan {
  readonly definition: ExperimentDefinition;
  readonly metrics: readonly MetricPlan[];
  readonly initialCells: Float64Array;
  readonly momentCount: number;
  readonly uses: ReadonlyMap<string, readonly EventUse[]>;
  /** Whether any metric reads the metadata of its events. */
  readonly needsMetadata: boolean;
  /** Changes exactly when stored cells no longer fit: other metrics, another order, another window … */
  readonly layoutHash: string;
}

export function experimentPlan(definition: ExperimentDefinition): ExperimentPlan {
  const metrics: MetricPlan[] = [];
  const initial: number[] = [];
  let moments = 0;
  for (const metric of definition.metrics) {
    const plan = metricPlan(metric, initial.length, moments);
    metrics.push(plan);
    initial.push(...plan.rule.initial);
    moments += momentCount(plan.rule.dimensions);
  }
  return {
    definition,
    metrics,
    initialCells: Float64Array.from(initial),
    momentCount: moments,
    uses: usesOf(metrics),
    needsMetadata: definition.metrics.some(({ eventValuePath }) => eventValuePath !== null),
    layoutHash: hash('sha256', JSON.stringify(layoutOf(definition)), 'hex'),
  };
}

/** What the stored numbers depend on; kept with them. */
export function layoutOf(definition: ExperimentDefinition): unknown[] {
  return definition.metrics.map((metric) => [
    metric.eventName,
    metric.aggregationMethod,
    metric.eventValuePath,
    metric.denominatorEventName,
    metric.delayHours ?? 0,
    metric.windowHours,
  ]);
}

function usesOf(metrics: readonly MetricPlan[]): Map<string, EventUse[]> {
  const uses = new Map<string, EventUse[]>();
  const put = (eventType: string, use: EventUse): void => {
    const held = uses.get(eventType);
    if (held === undefined) uses.set(eventType, [use]);
    else held.push(use);
  };
  for (const plan of metrics) {
    put(plan.metric.eventName, { plan, source: 'numerator' });
    const { denominatorEventName } = plan.metric;
    if (denominatorEventName !== null) put(denominatorEventName, { plan, source: 'denominator' });
  }
  return uses;
}
